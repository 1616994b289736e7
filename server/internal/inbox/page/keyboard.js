// Shortcuts. They are single keys, as in a mail program, and mean nothing while
// one types or holds a modifier.
import { el, byId } from "./dom.js";

const SHORTCUTS = [
  ["j", "k", "Next message, previous message"],
  ["c", "", "Copy the code, or the link"],
  ["o", "", "Open the magic link in a new tab"],
  ["/", "", "Search recipients, subjects and texts"],
  ["Enter", "", "In the list: read the message"],
  ["Esc", "", "Close what is open"],
  ["?", "", "These shortcuts"],
];

// start listens. act maps a key to what it does; it returns false if there was
// nothing to do, and the key stays the browser's.
export function start(act) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing && event.key !== "Escape") return;
    const f = act[event.key];
    if (f && f(event) !== false) event.preventDefault();
  });
}

const help = byId("help"), opener = byId("help-open");
let from = null;

export function helpIsOpen() { return !help.hidden; }

// toggleHelp shows the shortcuts beside the page, which stays usable.
export function toggleHelp() {
  if (helpIsOpen()) {
    closeHelp();
    return;
  }
  from = document.activeElement;
  help.replaceChildren(
    el("h2", { id: "help-title", text: "Shortcuts" }),
    el("dl", { class: "keys" }, SHORTCUTS.map(([key, other, what]) => el("div", {},
      el("dt", {}, el("kbd", { text: key }), other && " ", other && el("kbd", { text: other })), el("dd", { text: what })))),
    el("button", { type: "button", text: "Close", onclick: closeHelp }),
  );
  help.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  help.focus();
}

export function closeHelp() {
  help.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  (from?.isConnected ? from : opener).focus();
}

opener.addEventListener("click", toggleHelp);
