// Try it: a login by the API, one request after the other, with what each answers.
import { el } from "./dom.js";
import { attempt, complaint, copyButton } from "./controls.js";
import { ask } from "./api.js";
import { command, reading } from "./curl.js";
import { leadsBack } from "./links.js";
import { decode, explain, verify } from "./jwt.js";
import { addressOf } from "./user.js";
import * as sdk from "./sdkcall.js";
import * as tenant from "./tenant.js";

const OTP = "http://auth0.com/oauth/grant-type/passwordless/otp";
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

// WAYS are the ways to sign in: the grant that a client needs, and the strategies of the connections.
const WAYS = {
  code: { label: "A code", grant: OTP, strategies: ["email", "sms"], run: byCode },
  link: { label: "A magic link", grant: OTP, strategies: ["email"], run: byLink },
  password: { label: "A password", grant: "password", strategies: ["auth0"], run: byPassword },
  device: { label: "A device", grant: DEVICE, strategies: [], run: byDevice },
  pages: { label: "The login pages", grant: "authorization_code", strategies: ["email", "sms", "auth0"], run: byPages },
};

function grants(client, way) {
  const all = client.grant_types ?? [];
  return all.includes(way.grant) || way.grant === "password" && all.includes("http://auth0.com/oauth/grant-type/password-realm");
}

export function tryPanel() {
  const line = complaint();
  const root = el("div", { class: "stack-wide" });
  tenant.look().then((known) => root.replaceChildren(...content(known)), line.say);
  return { elements: [line.element, root] };
}

function content(known) {
  const line = complaint();
  const steps = el("ol", { class: "plain-list tried", "aria-label": "Requests of this login" });
  const way = select("try-way", Object.entries(WAYS).map(([value, { label }]) => [value, label]));
  const client = select("try-client", []), connection = select("try-connection", []);
  const who = el("input", { id: "try-user", type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false });
  who.setAttribute("list", "try-users");
  const users = el("datalist", { id: "try-users" });
  const password = el("input", { id: "try-password", type: "text", autocomplete: "off", spellcheck: false, value: "Passw0rd!" });
  const organization = select("try-organization", [["", "none"]]);
  const scope = el("input", { id: "try-scope", type: "text", autocomplete: "off", spellcheck: false, value: "openid profile email" });
  const audience = select("try-audience", [["", "none"], ...(known.resource_servers ?? []).map(({ identifier }) => [identifier, identifier])]);
  const go = el("button", { type: "submit", class: "primary", text: "Sign in" });
  const rows = {
    connection: field("Connection", connection), who: field("User", who), password: field("Password", password), organization: field("Organization", organization),
  };

  function fit() {
    const { strategies } = WAYS[way.value];
    options(client, (known.clients ?? []).filter((each) => grants(each, WAYS[way.value])).map((each) => [each.client_id, each.name || each.client_id]));
    options(connection, (known.connections ?? []).filter((each) => strategies.includes(each.strategy)).map((each) => [each.name, each.name]));
    rows.connection.hidden = strategies.length === 0;
    rows.who.hidden = way.value === "pages";
    rows.password.hidden = way.value !== "password";
    rows.organization.hidden = way.value !== "pages" || organization.options.length < 2;
    fitUsers();
  }

  // fitUsers offers the first users of the connection; a device takes those of any.
  async function fitUsers() {
    const chosen = () => (way.value === "device" ? "" : connection.value);
    const of = chosen(), before = who.value;
    let names;
    try {
      names = (await ask("GET", `users?limit=100&connection=${encodeURIComponent(of)}`)).items.map(addressOf);
    } catch (error) {
      line.say(error);
      return;
    }
    if (of !== chosen()) return; // another one was chosen meanwhile
    users.replaceChildren(...names.map((value) => el("option", { value })));
    if (who.value !== before || document.activeElement === who) return; // somebody writes there
    if (!names.includes(before)) who.value = names[0] ?? "";
  }

  ask("GET", "organizations").then(({ items }) => {
    options(organization, [["", "none"], ...items.map((each) => [each.id, each.display_name || each.name])]);
    fit();
  }, line.say);
  way.addEventListener("change", fit);
  connection.addEventListener("change", fitUsers);
  const form = el("form", { class: "stack-wide", noValidate: true },
    field("By", way), field("Client", client), rows.connection, rows.who, users, rows.password, rows.organization, field("Scope", scope), field("Audience", audience),
    el("div", { class: "steps" }, go), line.element);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(go, line, async () => {
      steps.replaceChildren();
      const of = tenant.client(known, client.value);
      if (!of) throw new Error(`No client may sign in this way: it needs the grant ${WAYS[way.value].grant}.`);
      const login = {
        known, steps, client: of, secret: of.client_secret ? { client_id: of.client_id, client_secret: of.client_secret } : { client_id: of.client_id },
        connection: connection.value, user: who.value.trim(), password: password.value, organization: organization.value, scope: scope.value.trim(), audience: audience.value,
      };
      await WAYS[way.value].run(login);
      steps.lastElementChild?.querySelector("summary")?.focus();
    });
  });
  fit();
  if (landed) attempt(go, line, () => exchange({ known, steps }));
  return [
    el("p", { class: "about", text: "Signs in as an app would, and shows each request and what it answers." }),
    form, steps,
  ];
}

function field(label, input) { return el("div", { class: "inline" }, el("label", { for: input.id, text: label }), input); }

function select(id, list) {
  const element = el("select", { id });
  options(element, list);
  return element;
}

function options(element, list) {
  const before = element.value;
  element.replaceChildren(...list.map(([value, text]) => el("option", { value, text })));
  if (list.some(([value]) => value === before)) element.value = before;
}

// call sends a request, shows it, and returns the answer. An error of the tenant ends the login.
async function call(login, title, path, body, program) {
  const answer = await fetch(tenant.origin() + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* text */ }
  step(login, title, `POST ${path}`, answer.status, [command(path, body), program], json ? JSON.stringify(json, null, 2) : text, await tokens(json));
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${json?.error_description ?? json?.description ?? json?.error ?? text}`);
  return json;
}

// step shows a request with its answer. The request is a command for a terminal and, if an SDK
// has it, the name of the SDK and its call.
function step(login, title, what, status, [curl, program], answer, ...more) {
  const [name, text] = program ?? [];
  login.steps.append(el("li", {}, el("details", { open: true },
    el("summary", {}, status && el("span", { class: "status", "data-class": Math.floor(status / 100), text: status }), el("span", { class: "request-line", text: what }), el("span", { class: "request-more", text: title })),
    el("pre", { class: "plain", tabIndex: 0, role: "group", "aria-label": "The request, for a terminal" }, el("code", { text: curl })),
    el("div", { class: "steps" }, copyButton("the request as curl", () => curl, { short: "Copy as curl", class: "quiet" }),
      name && copyButton(`the request as a call of ${name}`, () => text, { short: "Copy as SDK call", class: "quiet" })),
    answer && el("pre", { class: "plain", tabIndex: 0, role: "group", "aria-label": "The answer", text: answer }),
    ...more.flat())));
}

// tokens are the decoded tokens of an answer.
async function tokens(answer) {
  const all = [];
  for (const name of ["id_token", "access_token"]) {
    const decoded = answer?.[name] && decode(answer[name]);
    if (!decoded) continue;
    const signature = await verify(answer[name], tenant.origin()).catch((error) => `not checked: ${error.message}`);
    all.push(el("h3", { text: name }),
      el("p", { class: "about" }, `${decoded.header.alg}, key ${decoded.header.kid ?? "none"}: `, el("strong", { text: signature })),
      el("dl", { class: "facts claims" }, Object.entries(decoded.claims).map(([claim, value]) =>
        el("div", {}, el("dt", { text: claim }), el("dd", {}, el("code", { text: JSON.stringify(value) }), el("span", { class: "about", text: ` ${explain(claim, value)}` }))))));
  }
  return all;
}

function asked(login) { return { ...(login.scope && { scope: login.scope }), ...(login.audience && { audience: login.audience }) }; }

async function start(login, send) {
  const to = /@/.test(login.user) ? { email: login.user } : { phone_number: login.user };
  const body = { ...login.secret, connection: login.connection, ...to, send, ...(send === "link" && { authParams: { ...asked(login), ...(login.back && { response_type: "code", redirect_uri: login.back.uri, state: login.back.state }) } }) };
  await call(login, send === "code" ? "asks for a code" : "asks for a link", "/passwordless/start", body, sdk.sends(login, body));
}

async function byCode(login) {
  await start(login, "code");
  const path = `outbox/code?to=${encodeURIComponent(login.user)}&wait=5s`;
  const { code: otp } = await ask("GET", path);
  step(login, "the code, from the outbox", `GET /_mock/${path}`, 200, [reading(`/_mock/${path}`)], otp);
  await call(login, "redeems it", "/oauth/token", { grant_type: OTP, ...login.secret, username: login.user, otp, realm: login.connection, ...asked(login) }, sdk.redeems(login, otp, asked(login)));
}

// here is this page as a place to come back to, with what it then has to know; null if the client
// may not lead there.
function here(login) {
  const uri = `${tenant.origin()}/_mock/`;
  if (!leadsBack(login.client, uri)) return null;
  const random = () => [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const kept = { client: login.client.client_id, uri, state: random() };
  localStorage.setItem(KEPT, JSON.stringify(kept));
  return kept;
}

const KEPT = "mockauth0 try";

// What a login has led back to this page with.
const landed = new URLSearchParams(location.search).has("state") ? Object.fromEntries(new URLSearchParams(location.search)) : null;
if (landed) history.replaceState(null, "", `${location.pathname}#/try`);

// exchange redeems the code with which a login has led back. It must be the login that began here.
async function exchange({ known, steps }) {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  if (landed.state !== kept.state) throw new Error("A login led here that did not begin on this page, or not as the last one.");
  localStorage.removeItem(KEPT);
  if (!landed.code) throw new Error(`The login ended with ${landed.error}: ${landed.error_description ?? ""}`);
  const client = tenant.client(known, kept.client);
  const login = { known, steps, client, secret: client.client_secret ? { client_id: client.client_id, client_secret: client.client_secret } : { client_id: client.client_id } };
  await call(login, "the login led back with a code: it is redeemed", "/oauth/token", {
    grant_type: "authorization_code", ...login.secret, code: landed.code, redirect_uri: kept.uri,
  });
}

async function byLink(login) {
  login.back = here(login);
  await start(login, "link");
  const path = `outbox/link?to=${encodeURIComponent(login.user)}&wait=5s`;
  const { link } = await ask("GET", path);
  step(login, "the link, from the outbox", `GET /_mock/${path}`, 200, [reading(`/_mock/${path}`)], link,
    el("p", {}, el("a", { href: link, target: "_blank", rel: "noopener noreferrer", text: "Open the link" }), login.back ? ": it leads back to this page, which redeems the code." : ": it leads to the app, with the tokens or a code."));
}

async function byPassword(login) {
  await call(login, "signs in with the password", "/oauth/token", {
    grant_type: "http://auth0.com/oauth/grant-type/password-realm", ...login.secret, username: login.user, password: login.password, realm: login.connection, ...asked(login),
  }, sdk.signsIn(login, asked(login)));
}

async function byDevice(login) {
  const device = await call(login, "the device asks for its codes", "/oauth/device/code", { ...login.secret, ...asked(login) }, sdk.startsDevice(login, asked(login)));
  const path = `devices/${encodeURIComponent(device.user_code)}`;
  const answer = { user: login.user, answer: "approve" };
  const approved = await ask("POST", path, answer);
  step(login, `${login.user} approves it`, `POST /_mock/${path}`, 200, [command(`/_mock/${path}`, answer)], JSON.stringify(approved, null, 2));
  await call(login, "the device gets its tokens", "/oauth/token", { grant_type: DEVICE, ...login.secret, device_code: device.device_code }, sdk.pollsDevice(login, device));
}

async function byPages(login) {
  const own = here(login);
  const query = new URLSearchParams({ response_type: "code", client_id: login.client.client_id, state: own?.state ?? "try", ...asked(login), ...(login.connection && { connection: login.connection }), ...(login.organization && { organization: login.organization }) });
  query.set("redirect_uri", own?.uri ?? login.client.callbacks?.find((url) => !url.includes("*")) ?? "http://localhost:3000/callback");
  const path = `/authorize?${query}`, address = tenant.origin() + path;
  step(login, "the page begins in a new tab", "GET /authorize", 0, [reading(path), sdk.leadsToPage(login, query)], "",
    el("p", {}, el("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: "Open the login page" }), own ? ": it leads back to this page, which redeems the code." : `: it leads back to ${query.get("redirect_uri")} with a code.`));
}
