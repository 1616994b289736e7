// The keys that sign tokens: which they are, and the next one's turn.
import { el } from "./dom.js";
import { action, complaint, copyButton } from "./controls.js";
import { announce } from "./announce.js";
import { ask, watch } from "./api.js";
import * as tenant from "./tenant.js";

const ROLES = [
  ["current", "signs", "Signs every token."],
  ["next", "published", "Signs after the next rotation."],
  ["previous", "published", "Tokens that it signed still verify, until the next rotation."],
];

export function keysPanel() {
  const line = complaint();
  const list = el("ul", { class: "plain-list", "aria-label": "Published keys" });
  const watching = watch("tenant", 2000, () => true, ({ keys }) => {
    list.replaceChildren(...ROLES.filter(([role]) => keys[role]).map(([role, does, about]) => el("li", {},
      el("div", { class: "section-head" }, el("strong", { text: role[0].toUpperCase() + role.slice(1) }),
        el("span", { class: "badge", "data-state": role === "current" ? "active" : "superseded", text: does })),
      el("p", { class: "key-id" }, el("code", { text: keys[role] }), copyButton(`the ${role} key's id`, () => keys[role], { class: "ghost square" })),
      el("p", { class: "about", text: about }))));
  }, line.say);
  const rotate = action("Rotate", line, async () => {
    const { kid } = await ask("POST", "keys/rotate");
    announce(`The key ${kid} signs now.`);
    watching.look();
  }, { class: "primary" });
  return {
    stop: watching.stop,
    elements: [
      list,
      el("div", { class: "steps" }, rotate), line.element,
      el("p", { class: "note" }, "The set that apps read: ", el("a", { href: `${tenant.origin()}/.well-known/jwks.json`, target: "_blank", rel: "noopener noreferrer", text: "jwks.json" }),
        ". A key that nobody has seen, with the others gone at once, is the scenario ", el("code", { text: "jwks-rotated" }), "."),
    ],
  };
}
