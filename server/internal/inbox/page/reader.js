// The reader shows one message: its code, its link, what is known of it, and
// its body.
import { el, icon, setText, webLink, byId } from "./dom.js";
import { complaint, action, confirmed, copyButton } from "./controls.js";
import { announce } from "./announce.js";
import { ask } from "./api.js";
import { attachmentsOf } from "./attachments.js";
import { ago, countdown, fullTime } from "./clock.js";
import { stateOf, meaning, kindOf, iconOf, isMail } from "./states.js";
import { bodyOf } from "./body.js";
import { redeemByHand } from "./curl.js";
import { leadsTo } from "./links.js";
import * as tenant from "./tenant.js";

const reader = byId("reader");
let message = null;
let parts = null;
let back = () => {};

// start makes the reader; goBack hears of the way back to the list.
export function start(goBack) { back = goBack; }

export function shown() { return message; }

// show shows a message, or nothing and why: one is missing, or the filter lets none pass. One that is
// shown already is brought up to date in place: its body stays as it is.
export function show(next, { pinned = false, missing = false, filtered = false } = {}) {
  if (!next) {
    message = parts = null;
    reader.replaceChildren(nothing(missing, filtered));
    return;
  }
  const same = message && message.id === next.id && message.created_at === next.created_at;
  message = next;
  if (!same) build();
  parts.follow.hidden = pinned;
  update();
}

// tick draws what changes with the time.
export function tick() { if (message) update(); }

// copyCode copies the code that is shown, or the link, or the first code that was found.
export function copyCode() {
  const button = parts?.copyCode ?? parts?.copyLink ?? reader.querySelector(".others button");
  button?.click();
  return Boolean(button);
}

// openLink follows the magic link that is shown.
export function openLink() {
  parts?.link?.click();
  return Boolean(parts?.link);
}

function nothing(missing, filtered) {
  const why = missing ? "This message is not here. It may have been cleared." : filtered ? "No message matches the filter." : "Nothing to read here yet.";
  return el("p", { class: "nothing", text: why });
}

function build() {
  const m = message;
  const line = complaint();
  const badge = el("span", { class: "badge" });
  const when = el("time", { class: "when" });
  const follow = el("span", { class: "follow", text: "Newest", title: "Each new message is shown when it arrives. Choose a message in the list to keep it open." });
  parts = { badge, when, follow };
  const title = m.subject || (isMail(m) ? "No subject" : `${m.kind === "voice" ? "Call" : "SMS"} to ${m.to}`);
  const backButton = el("button", { type: "button", class: "quiet back", onclick: () => back() }, icon("back"), el("span", { text: "All messages" }));
  const head = el("header", { class: "reader-head" },
    backButton,
    el("div", { class: "reader-title" },
      el("span", { class: "row-icon", title: kindOf(m) }, icon(iconOf(m))),
      el("h2", { text: title }), follow),
    el("div", { class: "reader-line" },
      el("p", { class: "reader-to" }, "To ", el("strong", { text: m.recipients.join(", ") || "nobody" }), " · ", when),
      keeping(m, line)));
  const change = actions(line);
  reader.replaceChildren(...[
    head, el("div", { class: "cards" }, m.code && codeCard(m, change), m.link && linkCard(m, change), !m.code && !m.link && plainState(m, change)),
    line.element, others(m), facts(m), byHand(m), attachmentsOf(m), bodyOf(m),
  ].filter(Boolean));
  reader.scrollTop = 0;
}

function codeCard(m, change) {
  parts.copyCode = copyButton("code", () => message.code, { short: "Copy", class: "primary copy-code", "aria-keyshortcuts": "c" });
  parts.copyCode.setAttribute("aria-label", `Copy code ${m.code}`);
  return el("div", { class: "card code-card" },
    el("div", { class: m.code.length > 10 ? "digits long" : "digits" }, ...digits(m.code)),
    parts.copyCode, lifetime(change));
}

// digits are a code in two halves; it is copied as one.
function digits(code) {
  const half = code.length >= 6 && code.length % 2 === 0 ? code.length / 2 : code.length;
  return [el("span", { text: code.slice(0, half) }), half < code.length && el("span", { text: code.slice(half) })];
}

function linkCard(m, change) {
  const address = webLink(m.link);
  parts.copyLink = copyButton("link", () => message.link, { short: "Copy link", class: "copy-link" });
  parts.link = address ? el("a", { class: "button primary", href: address, target: "_blank", rel: "noopener noreferrer", "aria-keyshortcuts": "o" }, icon("open"), el("span", { text: "Open the magic link" })) : null;
  return el("div", { class: "card link-card" },
    el("div", { class: "link-buttons" }, parts.link, parts.copyLink),
    el("p", { class: "address", tabIndex: 0, role: "group", "aria-label": "The link", text: m.link }), destination(m, m.link),
    address ? null : el("p", { class: "note", text: "This is not a web address. The page cannot open it." }),
    m.code ? null : lifetime(change));
}

// lifetime is what is left of the code or link, and what ends it.
function lifetime(change) {
  parts.left = el("p", { class: "left" });
  parts.meter = el("span", { class: "meter-fill" });
  return el("div", { class: "lifetime" }, el("div", { class: "state-line" }, parts.badge, parts.left, change),
    el("span", { class: "meter", "aria-hidden": "true" }, parts.meter));
}

// plainState is for an app's own message, of which there is something to say
// only if it did not arrive.
function plainState(m, change) {
  if (stateOf(m) === "") return null;
  parts.left = el("p", { class: "left" });
  return el("div", { class: "card" }, el("div", { class: "state-line" }, parts.badge, parts.left, change));
}

function update() {
  const m = message, state = stateOf(m);
  parts.badge.hidden = !state;
  parts.badge.dataset.state = state;
  setText(parts.badge, state);
  const passed = ago(m.delivered_at ?? m.created_at);
  setText(parts.when, passed === "now" ? "just now" : passed.startsWith("in ") ? passed : `${passed} ago`);
  parts.when.title = fullTime(Date.parse(m.delivered_at ?? m.created_at));
  parts.expire.hidden = m.otp_state !== "active";
  parts.deliver.hidden = m.state !== "queued";
  for (const [name, value] of Object.entries(changing(m))) fact(name, value);
  if (parts.left) {
    setText(parts.left, remaining(m, state));
    parts.left.parentElement.hidden = state === "";
  }
  if (parts.meter) {
    const life = Date.parse(m.expires_at) - Date.parse(m.created_at);
    const left = state === "active" && life > 0 ? countdownShare(m, life) : 0;
    parts.meter.style.width = `${left * 100}%`;
    parts.meter.parentElement.hidden = state !== "active" || !m.expires_at;
  }
  reader.dataset.state = state;
}

function countdownShare(m, life) {
  const [seconds, minutes, hours = 0] = countdown(m.expires_at).split(":").map(Number).reverse();
  return Math.min(1, Math.max(0, ((hours * 60 + minutes) * 60 + seconds) * 1000 / life));
}

function remaining(m, state) {
  if (state === "active" && m.expires_at) return `Expires in ${countdown(m.expires_at)}`;
  if (state === "queued") return m.deliver_at ? `Arrives in ${countdown(m.deliver_at)}` : "Waits until it is delivered";
  return meaning(state);
}

function actions(line) {
  const change = (what) => async () => {
    await ask("POST", `outbox/${encodeURIComponent(message.id)}/${what}`);
  };
  parts.expire = action("Let it expire", line, change("expire"), { class: "quiet", title: "The code expires now. The clock does not move." });
  parts.deliver = action("Deliver it now", line, change("deliver"), { class: "quiet" });
  return el("div", { class: "actions" }, parts.deliver, parts.expire);
}

// keeping is to keep the message, or not.
function keeping(m, line) {
  const address = `outbox/${encodeURIComponent(m.id)}`;
  return el("div", { class: "keeping" },
    isMail(m) && el("a", { class: "button quiet", href: `${address}/raw`, download: `${m.id}.eml`, text: "Save as .eml" }),
    confirmed("Delete", line, () => "Delete this message?", async () => {
      await ask("DELETE", address);
      announce("Deleted the message");
    }, { class: "quiet" }));
}

// others are the codes and links beside the tenant's own.
function others(m) {
  const codes = m.codes.filter((code) => code !== m.code), links = m.links.filter((link) => link !== m.link);
  if (codes.length + links.length === 0) return null;
  return el("div", { class: "others" },
    el("h3", { text: m.code || m.link ? "Also in it" : "Found in it" }),
    el("ul", {},
      codes.map((code) => el("li", {}, el("code", { text: code }), copyButton(`code ${code}`, () => code, { class: "ghost square" }))),
      links.map((link) => el("li", {}, el("div", { class: "file" }, webLink(link)
        ? el("a", { href: webLink(link), target: "_blank", rel: "noopener noreferrer", text: link })
        : el("span", { text: link }), destination(m, link)), copyButton("link", () => link, { class: "ghost square" })))));
}

// destination says where a link leads.
function destination(m, link) {
  const line = el("p", { class: "leads" });
  tenant.ready().then((known) => {
    const { text, isKnown } = leadsTo(link, known, m.client_id);
    line.textContent = `Leads to ${text}`;
    line.classList.toggle("unknown", !isKnown);
  }, () => {});
  return line;
}

function changing(m) {
  return {
    Delivered: m.delivered_at ? fullTime(Date.parse(m.delivered_at)) : m.state,
    Expires: m.expires_at ? fullTime(Date.parse(m.expires_at)) : "",
    Relay: m.relay ? [m.relay.state, m.relay.error].filter(Boolean).join(": ") : "",
  };
}

function facts(m) {
  parts.facts = new Map();
  const list = el("dl", { class: "facts" });
  const all = {
    From: m.from, Client: m.client_id, Connection: m.connection, "Asked for": m.send, Language: m.language,
    Scenario: m.scenario, Sent: fullTime(Date.parse(m.created_at)), ...changing(m), Id: m.id,
  };
  for (const [name, value] of Object.entries(all)) {
    const row = el("div", {}, el("dt", { text: name }), el("dd"));
    if (name === "Scenario") row.classList.add("fault");
    parts.facts.set(name, row);
    list.append(row);
    fact(name, value);
  }
  return el("details", { class: "more", open: sessionStorage.getItem("facts") === "open", ontoggle: (event) => sessionStorage.setItem("facts", event.target.open ? "open" : "") },
    el("summary", { text: m.scenario ? `Details · changed by scenario ${m.scenario}` : "Details" }), list);
}

function fact(name, value) {
  const row = parts.facts.get(name);
  row.hidden = !value;
  setText(row.lastChild, value ?? "");
}

// byHand is the request that redeems the code, to try it without an app.
function byHand(m) {
  if (!m.code || !m.client_id) return null;
  const code = el("code");
  const details = el("details", { class: "more" },
    el("summary", { text: "Redeem it by hand" }),
    el("div", { class: "snippet" }, el("pre", { tabIndex: 0, role: "group", "aria-label": "The request that redeems the code" }, code),
      copyButton("the request", () => code.textContent, { class: "ghost square snippet-copy" })));
  tenant.ready().then((known) => { code.textContent = redeemByHand(m, known); }, (error) => { code.textContent = error.message; });
  return details;
}
