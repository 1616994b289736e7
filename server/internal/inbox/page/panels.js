// The panels beside the messages, one open at a time.
import { el, icon, byId, setText } from "./dom.js";
import { ask } from "./api.js";
import { action, complaint, copyButton } from "./controls.js";
import * as clock from "./clock.js";
import * as router from "./route.js";
import * as scenarios from "./scenarios.js";
import * as tenant from "./tenant.js";
import { clockPanel } from "./panel-clock.js";
import { connectPanel } from "./panel-connect.js";
import { keysPanel } from "./panel-keys.js";
import { organizationsPanel } from "./panel-organizations.js";
import { requestsPanel } from "./panel-requests.js";
import { scenariosPanel } from "./panel-scenarios.js";
import { tenantsPanel, follow as followTenants } from "./panel-tenants.js";
import { tryPanel } from "./panel-try.js";
import { usersPanel } from "./panel-users.js";

// A panel has a title, and open(), which fills the panel and returns what
// belongs to it: elements, stop(), tick(), and select(item) for what the address names.
const PANELS = {
  try: { label: "Try it", title: "Try it", icon: "check", open: tryPanel },
  clock: { label: "Clock", title: "Clock", icon: "clock", open: clockPanel },
  scenarios: { label: "Scenarios", title: "Failures on demand", icon: "bolt", open: scenariosPanel },
  requests: { label: "Requests", title: "Requests", icon: "list", open: requestsPanel },
  users: { label: "Users", title: "Users", icon: "users", open: usersPanel },
  organizations: { label: "Organizations", title: "Organizations", icon: "org", open: organizationsPanel },
  keys: { label: "Keys", title: "Signing keys", icon: "key", open: keysPanel },
  tenants: { label: "Tenants", title: "Tenants", icon: "open", open: tenantsPanel },
  connect: { label: "Connect", title: "Point your app here", icon: "plug", open: connectPanel },
};

export const names = Object.keys(PANELS);

const panel = byId("panel"), body = byId("panel-body");
const buttons = new Map();
let open = "", selected = "", content = null;
let now = null; // the time in the clock's button
const on = { text: null, everybody: [] }; // the scenarios that are on, in their button

for (const [name, { label, icon: drawing }] of Object.entries(PANELS)) {
  const text = el("span", { class: "nav-label", text: label });
  const button = el("button", {
    type: "button", class: "nav-button", "aria-expanded": false, "aria-controls": "panel", "data-panel": name,
    onclick: () => (router.route().panel === name ? close() : router.go({ panel: name })),
  }, icon(drawing), text);
  if (name === "clock") {
    now = { time: el("span", { class: "nav-time" }), off: el("span", { class: "nav-off" }) };
    button.append(now.time, now.off);
  }
  if (name === "scenarios") {
    on.text = el("span", { class: "nav-on" });
    button.append(on.text);
  }
  buttons.set(name, button);
  byId("nav").append(button);
}

byId("panel-close").addEventListener("click", close);

// close closes the panel, and goes back to the button that opened it.
export function close() {
  const was = open;
  router.go({ panel: "" });
  buttons.get(was)?.focus();
}

// show opens a panel, or none, and in it what the address names.
export function show(name, item) {
  if (name === open) {
    if (item !== selected) content?.select?.(item);
    selected = item;
    return;
  }
  const before = open;
  content?.stop?.();
  content = null;
  buttons.get(before)?.setAttribute("aria-expanded", false);
  open = name;
  panel.hidden = name === "";
  if (name === "") {
    body.replaceChildren();
    return;
  }
  buttons.get(name).setAttribute("aria-expanded", true);
  setText(byId("panel-title"), PANELS[name].title);
  content = PANELS[name].open();
  body.replaceChildren(...content.elements);
  body.scrollTop = 0;
  panel.dataset.panel = name;
  byId("app").dataset.panel = name;
  selected = item;
  if (item) content.select?.(item);
}

// tick draws what changes with the time.
export function tick() {
  const running = clock.isRunning();
  setText(now.time, clock.isKnown() ? clock.clockTime(clock.now()) : "");
  setText(now.off, running ? clock.offset() && `off by ${clock.offset()}` : "frozen");
  buttons.get("clock").dataset.running = running;
  content?.tick?.();
}

// A failure that is on for everybody is said on the page, whatever is open.
const failing = byId("failing"), failingLine = complaint(), failingNames = el("span");
const off = action("Switch off", failingLine, async () => {
  for (const id of on.everybody) await ask("DELETE", `scenarios/${encodeURIComponent(id)}`);
  scenarios.look();
}, { class: "quiet" });
failing.append(failingNames, el("a", { href: "#/scenarios", text: "Scenarios", onclick: (event) => { event.preventDefault(); router.go({ panel: "scenarios" }); } }), off, failingLine.element);

scenarios.follow(({ items, everybody = [] }) => {
  on.everybody = everybody;
  failing.hidden = everybody.length === 0;
  setText(failingNames, everybody.length ? `${everybody.length === 1 ? "A failure is" : "Failures are"} on for everybody: ${everybody.join(", ")}` : "");
  const count = items.filter((each) => each.active && scenarios.isForAll(each)).length;
  setText(on.text, count > 0 ? `${count} on` : "");
});

// A server with one tenant has nothing to list.
buttons.get("tenants").hidden = true;
followTenants((items) => { buttons.get("tenants").hidden = items.length < 2; });

// The header names the domain, which is what most SDKs ask for.
byId("domain").append(
  el("span", { class: "domain-label", text: "Domain" }),
  el("code", { text: tenant.domain() }),
  copyButton("domain", tenant.domain, { class: "ghost square" }),
);
byId("domain").hidden = false;
