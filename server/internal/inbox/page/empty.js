// What stands where there is no message: how to get the first one.
import { el, byId } from "./dom.js";
import { copyButton } from "./controls.js";
import { firstCode } from "./curl.js";
import * as tenant from "./tenant.js";

const place = byId("empty");
let showing = "";

// show shows the hint for an empty outbox ("none"), for a filter that lets
// nothing pass ("filtered"), or none at all ("").
export function show(what, unfilter) {
  if (showing === what) return;
  showing = what;
  place.hidden = what === "";
  if (what === "filtered") {
    place.replaceChildren(el("p", { text: "No message matches the filter." }), el("button", { type: "button", text: "Show all", onclick: unfilter }));
    return;
  }
  if (what !== "none") return;
  const command = el("code", { text: "…" });
  place.replaceChildren(
    el("h2", { text: "No messages yet" }),
    el("p", { text: "Codes and magic links appear here the moment they are sent." }),
    el("p", {}, el("a", { href: "#/try", class: "button primary", text: "Try it: sign in" })),
    el("p", { text: "Or ask for the first one in a terminal:" }),
    el("div", { class: "snippet" },
      el("pre", { tabIndex: 0, role: "group", "aria-label": "The request that sends the first code" }, command),
      copyButton("the request", () => command.textContent, { class: "ghost square snippet-copy" })),
    el("p", {}, "Then let your own app do it: ", el("a", { href: "#/connect", text: "point your app here" }), "."),
  );
  tenant.ready().then((known) => { command.textContent = firstCode(known); }, (error) => { command.textContent = error.message; });
}
