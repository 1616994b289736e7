// One user: what is known of them, and how it is changed.
import { el, icon, setText, plural } from "./dom.js";
import { action, attempt, complaint, confirmed } from "./controls.js";
import { ask, watch } from "./api.js";
import { ago, fullTime } from "./clock.js";
import { factorsOf } from "./factors.js";
import * as tenant from "./tenant.js";

// addressOf is by what people know a user.
export function addressOf(user) { return user.email || user.phone_number || user.username || user.user_id; }

// userActions are what is done to a user at once. deleted hears that the user is gone.
export function userActions(user, line, changed, signedIn, deleted = () => changed(Promise.resolve())) {
  const address = addressOf(user), path = `users/${encodeURIComponent(user.user_id)}`;
  return [
    !user.blocked && action("Sign in as", line, () => changed(ask("POST", "sessions", { user: user.user_id })).then(() => signedIn(address)), { class: "quiet", "aria-label": `Sign in as ${address}`, "data-does": "sign-in" }),
    action(user.blocked ? "Unblock" : "Block", line, () => changed(ask("PATCH", path, { blocked: !user.blocked })), { class: "quiet", "aria-label": `${user.blocked ? "Unblock" : "Block"} ${address}`, "data-does": "block" }),
    confirmed("Delete", line, () => `Delete ${address}?`, () => ask("DELETE", path).then(deleted), { class: "quiet", "aria-label": `Delete ${address}`, "data-does": "delete" }),
  ];
}

const METADATA = [["user_metadata", "User metadata"], ["app_metadata", "App metadata"], ["claims", "Custom claims of the tokens"]];

// userView shows the user with that id, with a way back to all of them.
export function userView(id, back, signedIn) {
  const path = `users/${encodeURIComponent(id)}`;
  const readLine = complaint(), line = complaint();
  const title = el("div", { class: "user-head" }), steps = el("div", { class: "steps" });
  const factors = el("div"), organizations = el("div");
  const endAll = confirmed("End all sessions", line, () => "End all sessions?", () => ask("DELETE", `${path}/sessions`).then(look), { class: "quiet" });
  const sessions = group("Sessions", "Sessions", endAll), log = group("Log", "Log of the user");
  log.element.open = true;
  const facts = el("dl", { class: "facts" });
  let user = null, from = "";

  const change = async (fields) => {
    await ask("PATCH", path, fields);
    look();
  };
  const profile = profileForm(change), metadata = metadataForm(change), access = accessForm(change), memberships = membershipsForm(id, () => look());
  organizations.append(memberships.element);

  const watching = [
    watch(path, 2000, () => true, (answer) => { user = answer; draw(); }, gone),
    watch(`${path}/activity`, 2000, () => true, around, () => {}),
  ];
  function look() { for (const each of watching) each.look(); }

  function gone(error) {
    readLine.say(error);
    if (error?.status !== 404) return;
    for (const each of watching) each.stop();
    for (const each of rest) each.hidden = true;
  }

  function draw() {
    if (JSON.stringify(user) === from) return;
    from = JSON.stringify(user);
    const address = addressOf(user);
    title.replaceChildren(
      el("div", { class: "user-name" }, el("strong", { text: address }), user.name && user.name !== address && el("span", { text: user.name })),
      user.blocked ? el("span", { class: "badge", "data-state": "locked", text: "blocked" }) : "");
    const focused = steps.contains(document.activeElement) ? document.activeElement.dataset.does : "";
    steps.replaceChildren(...userActions(user, line, (change) => change.then(look), signedIn, back).filter(Boolean));
    if (focused) steps.querySelector(`[data-does="${focused}"]`)?.focus();
    facts.replaceChildren(...Object.entries({
      Id: user.user_id, Connection: user.connection, Logins: String(user.logins_count ?? 0),
      "Last login": user.last_login ? fullTime(Date.parse(user.last_login)) : "never", Created: fullTime(Date.parse(user.created_at)), Changed: fullTime(Date.parse(user.updated_at)),
      Linked: (user.identities ?? []).map((each) => each.connection).join(", "),
    }).filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", { text: value }))));
    const open = factors.querySelector("details")?.open ?? false;
    factors.replaceChildren(factorsOf(user, address, change));
    factors.firstChild.open = open;
    for (const each of [profile, metadata, access]) each.show(user);
  }

  function around(answer) {
    memberships.show(answer.organizations);
    sessions.show(answer.sessions, (each) => [
      el("div", { class: "section-head" },
        el("p", {}, "By ", el("strong", { text: each.connection }), each.clients.length > 0 && `, for ${each.clients.join(", ")}`),
        confirmed("End", line, () => "End this session?", () => ask("DELETE", `${path}/sessions?sid=${encodeURIComponent(each.sid)}`).then(() => { look(); sessions.element.querySelector("summary").focus(); }), { class: "quiet", "aria-label": `End the session by ${each.connection}`, "data-does": `end ${each.sid}` })),
      el("p", { class: "about" }, "used ", time(each.used_at), `, until ${fullTime(Date.parse(each.expires_at))}`)]);
    endAll.hidden = answer.sessions.length === 0;
    log.show(answer.logs, (each) => [
      el("p", {}, el("span", { class: "log-tag", text: each.type }), ` ${each.description}`),
      el("p", { class: "about" }, time(each.date), [each.client_id, each.connection].filter(Boolean).map((text) => ` · ${text}`).join(""))]);
  }

  const rest = [title, steps, facts, profile.element, metadata.element, access.element, organizations, factors, sessions.element, log.element];
  return {
    elements: [el("div", { class: "steps" }, el("button", { type: "button", class: "quiet", onclick: back }, icon("back"), el("span", { text: "All users" }))), readLine.element, line.element, ...rest],
    stop() { for (const each of watching) each.stop(); },
    tick() { for (const { element } of [sessions, log]) for (const at of element.querySelectorAll("time")) setText(at, since(at.dateTime)); },
  };
}

// group is a list that opens, with its number.
function group(title, label, ...more) {
  const summary = el("summary", { text: title }), list = el("ul", { class: "plain-list", "aria-label": label });
  return {
    element: el("details", { class: "more" }, summary, list, ...more),
    show(items, row) {
      setText(summary, `${title} (${items.length})`);
      list.replaceChildren(...items.map((each) => el("li", {}, row(each))));
    },
  };
}

function time(at) { return el("time", { datetime: at, title: fullTime(Date.parse(at)), text: since(at) }); }

function since(at) {
  const passed = ago(at);
  return passed === "now" || passed.startsWith("in ") ? passed : `${passed} ago`;
}

// A section has a form that is saved as a whole. What is written into it stays when the
// user is changed elsewhere, until it is saved.
function section(title, fields, save) {
  const line = complaint(), told = el("p", { class: "about", role: "status" });
  const button = el("button", { type: "submit", class: "quiet", text: "Save", "aria-label": `Save ${title.toLowerCase()}` });
  const form = el("form", { class: "stack", noValidate: true }, fields, el("div", { class: "steps" }, button), line.element, told);
  let isWritten = false;
  form.addEventListener("input", () => {
    isWritten = true;
    setText(told, "");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await attempt(button, line, save)) {
      isWritten = false;
      setText(told, "Saved.");
    }
  });
  return { element: el("details", { class: "more" }, el("summary", { text: title }), form), isWritten: () => isWritten };
}

function labelled(label, input) { return el("label", {}, label, input); }

function profileForm(change) {
  const input = (type) => el("input", { type, autocomplete: "off", autocapitalize: "off", spellcheck: false });
  const fields = { name: input("text"), given_name: input("text"), family_name: input("text"), nickname: input("text"), email: input("text"), phone_number: input("text"), username: input("text"), picture: input("text") };
  const flags = { email_verified: input("checkbox"), phone_verified: input("checkbox") };
  const labels = { name: "Name", given_name: "Given name", family_name: "Family name", nickname: "Nickname", email: "E-mail address", phone_number: "Phone number", username: "Username", picture: "Picture" };
  let user = {};
  const form = section("Profile", [
    el("div", { class: "fields" }, Object.entries(fields).map(([name, field]) => labelled(labels[name], field))),
    el("div", { class: "boxes" }, el("label", {}, flags.email_verified, "E-mail address is verified"), el("label", {}, flags.phone_verified, "Phone number is verified")),
  ], async () => {
    const changed = {};
    for (const [name, field] of Object.entries(fields)) if (field.value.trim() !== (user[name] ?? "")) changed[name] = field.value.trim();
    for (const [name, field] of Object.entries(flags)) if (field.checked !== Boolean(user[name])) changed[name] = field.checked;
    if (Object.keys(changed).length > 0) await change(changed);
  });
  return {
    element: form.element,
    show(next) {
      if (form.isWritten()) return;
      user = next;
      for (const [name, field] of Object.entries(fields)) field.value = user[name] ?? "";
      for (const [name, field] of Object.entries(flags)) field.checked = Boolean(user[name]);
    },
  };
}

function metadataForm(change) {
  const areas = METADATA.map(([name, label]) => [name, label, el("textarea", { rows: 4, spellcheck: false })]);
  const form = section("Metadata and claims", areas.map(([, label, area]) => labelled(label, area)), () => {
    const changed = {};
    for (const [name, label, area] of areas) {
      try {
        changed[name] = area.value.trim() ? JSON.parse(area.value) : {};
      } catch (error) {
        throw new Error(`${label}: this is no JSON: ${error.message}`);
      }
    }
    return change(changed);
  });
  return {
    element: form.element,
    show(user) {
      if (form.isWritten()) return;
      for (const [name, , area] of areas) area.value = JSON.stringify(user[name] ?? {}, null, 2);
    },
  };
}

// accessForm has the roles and the permissions that there are.
function accessForm(change) {
  const roles = el("fieldset", { class: "boxes" }), permissions = el("fieldset", { class: "boxes" });
  const checked = (set) => [...set.querySelectorAll("input")].filter((box) => box.checked);
  const form = section("Roles and permissions", [roles, permissions], () => {
    const given = {};
    for (const { dataset } of checked(permissions)) (given[dataset.audience] ??= []).push(dataset.scope);
    return change({ roles: checked(roles).map((box) => box.value), permissions: given });
  });
  return {
    element: form.element,
    async show(user) {
      const known = await tenant.ready().catch(() => ({}));
      if (form.isWritten()) return;
      const has = user.roles ?? [];
      roles.replaceChildren(el("legend", { text: "Roles" }), ...(known.roles ?? []).map((role) =>
        el("label", {}, el("input", { type: "checkbox", value: role.id, checked: has.includes(role.id) || has.includes(role.name) }), role.name)));
      const scopes = new Map((known.resource_servers ?? []).map((api) => [api.identifier, new Set(api.scopes?.map((scope) => scope.value ?? scope))]));
      for (const [audience, names] of Object.entries(user.permissions ?? {})) for (const name of names) scopes.set(audience, (scopes.get(audience) ?? new Set()).add(name));
      permissions.replaceChildren(el("legend", { text: "Permissions" }), ...[...scopes].flatMap(([audience, names]) => [...names].map((scope) =>
        el("label", { title: audience }, el("input", { type: "checkbox", "data-audience": audience, "data-scope": scope, checked: Boolean(user.permissions?.[audience]?.includes(scope)) }), scope))));
      roles.hidden = !known.roles?.length;
    },
  };
}

// membershipsForm has the organizations of a user.
function membershipsForm(id, look) {
  const line = complaint();
  const list = el("ul", { class: "plain-list", "aria-label": "Organizations of the user" });
  const summary = el("summary", { text: "Organizations" });
  const choice = el("select", { "aria-label": "Organization" });
  const member = (organization) => `organizations/${encodeURIComponent(organization)}/members/${encodeURIComponent(id)}`;
  const add = action("Make a member", line, async () => {
    await ask("PUT", member(choice.value), { roles: [] });
    look();
  }, { class: "quiet" });
  const adding = el("div", { class: "inline" }, choice, add);
  ask("GET", "organizations").then(({ items }) => {
    choice.replaceChildren(...items.map((each) => el("option", { value: each.id, text: each.display_name || each.name })));
    adding.hidden = items.length === 0;
  }, line.say);
  return {
    element: el("details", { class: "more" }, summary, list, adding, line.element),
    show(items) {
      setText(summary, `Organizations (${items.length})`);
      list.replaceChildren(...items.map((each) => el("li", { class: "user-head" },
        el("div", { class: "user-name" }, el("strong", { text: each.name }), el("span", { text: each.roles.length ? plural(each.roles.length, "role") : "no roles" })),
        confirmed("Remove", line, () => `Remove from ${each.name}?`, () => ask("DELETE", member(each.id)).then(look), { class: "quiet", "aria-label": `Remove from ${each.name}` }))));
    },
  };
}
