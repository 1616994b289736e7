// The tenants of the server, if there are several: each leads to its own page.
import { el } from "./dom.js";
import { watch } from "./api.js";
import { complaint } from "./controls.js";
import * as tenant from "./tenant.js";

const EVERY = 5000; // tests make tenants at any time

// follow hears of the tenants whenever they have changed.
export function follow(changed) { return watch("tenants", EVERY, () => true, ({ items }) => changed(items)); }

export function tenantsPanel() {
  const line = complaint();
  const root = el("ul", { class: "plain-list", "aria-label": "Tenants" });
  const watched = watch("tenants", EVERY, () => true, ({ items }) => root.replaceChildren(...items.map(row)), (error) => error && line.say(error));
  return {
    elements: [line.element, el("p", { class: "note", text: "Each tenant has its own users, messages, clock and scenarios, and its own page." }), root],
    stop: watched.stop,
  };
}

function row(each) {
  const here = each.domain === tenant.domain();
  return el("li", {},
    el("div", { class: "section-head" },
      el("a", { href: `${location.protocol === "https:" && each.tls_url || each.url}/_mock/`, text: each.name, "aria-current": here ? "page" : null }),
      el("span", { class: "about", text: here ? `${each.domain}, this page` : each.domain })));
}
