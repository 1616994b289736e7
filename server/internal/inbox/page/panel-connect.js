// How to point an app here: the names it asks for, and the lines to paste.
import { el } from "./dom.js";
import { complaint, copyButton } from "./controls.js";
import { SDKS } from "./snippets.js";
import * as tenant from "./tenant.js";

export function connectPanel() {
  const line = complaint();
  const root = el("div", { class: "stack-wide" });
  tenant.look().then((known) => root.replaceChildren(...content(known)), line.say);
  return { elements: [line.element, root] };
}

function content(known) {
  const chosen = el("select", { id: "sdk" }, SDKS.map(({ name }, at) => el("option", { value: at, text: name })));
  const code = el("code"), about = el("p", { class: "note" });
  const pre = el("pre", { tabIndex: 0, role: "group", "aria-label": "Snippet" }, code);
  function show() {
    const sdk = SDKS[Number(chosen.value)];
    sessionStorage.setItem("sdk", sdk.name);
    code.textContent = sdk.code(known);
    about.textContent = sdk.about ?? "";
    about.hidden = !sdk.about;
  }
  chosen.value = String(Math.max(0, SDKS.findIndex(({ name }) => name === sessionStorage.getItem("sdk"))));
  chosen.addEventListener("change", show);
  show();
  return [
    el("dl", { class: "names" },
      named("Domain", tenant.domain()),
      named("Issuer", known.issuer),
      tenant.audience(known) && named("Audience", tenant.audience(known))),
    el("div", { class: "inline" }, el("label", { for: "sdk", text: "SDK" }), chosen),
    el("div", { class: "snippet" }, pre, copyButton("the snippet", () => code.textContent, { class: "ghost square snippet-copy" })),
    about,
    known.has_ca && el("p", { class: "note" }, "The same port speaks https. If an SDK needs https, its process has to trust ",
      el("a", { href: "ca.pem", download: "mockauth0-ca.pem", text: "this certificate authority" }), "; ", el("code", { text: "mockauth0 ca trust" }), " tells how."),
    el("h3", { text: "Clients" }),
    el("ul", { class: "plain-list", "aria-label": "Clients" }, (known.clients ?? []).map(client)),
    el("h3", { text: "Connections" }),
    el("p", { class: "chips" }, (known.connections ?? []).map((each) => el("code", { text: each.name, title: each.strategy }))),
  ].filter(Boolean);
}

function named(name, value) {
  return el("div", {}, el("dt", { text: name }), el("dd", {}, el("code", { text: value }), copyButton(name.toLowerCase(), () => value, { class: "ghost square" })));
}

const TYPES = { native: "native app", spa: "single-page app", regular_web: "web app", non_interactive: "machine to machine" };

function client(each) {
  return el("li", {},
    el("div", { class: "section-head" }, el("strong", { text: each.name || each.client_id }), el("span", { class: "about", text: TYPES[each.app_type] ?? each.app_type ?? "" })),
    el("dl", { class: "names" },
      named("Client ID", each.client_id),
      each.client_secret && named("Secret", each.client_secret)));
}
