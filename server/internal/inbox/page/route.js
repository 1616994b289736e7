// What is open stands in the address, to be shared and to come back to:
// #/message/msg_00000003, #/requests, #/message/msg_00000003/clock, and what a panel
// shows: #/users/email%7C1.

const panels = new Set();
const listeners = new Set();
let current = { message: "", panel: "", item: "" };

function parse(hash) {
  const parts = hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  const route = { message: "", panel: "", item: "" };
  if (parts[0] === "message" && parts.length > 1) {
    route.message = decoded(parts[1]);
    parts.splice(0, 2);
  }
  if (panels.has(parts[0])) {
    route.panel = parts[0];
    route.item = decoded(parts[1] ?? "");
  }
  return route;
}

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return ""; } // no address of ours
}

// href is an address: what is open now, with the changes. Another panel shows nothing of
// the one before.
export function href(changes) {
  const { message, panel, item } = { ...current, ...("panel" in changes && { item: "" }), ...changes };
  return `#/${[message && `message/${encodeURIComponent(message)}`, panel, panel && item && encodeURIComponent(item)].filter(Boolean).join("/")}`;
}

export function route() { return current; }

// isNarrow tells whether only one thing is seen at a time, as on a phone.
export function isNarrow() { return matchMedia("(max-width: 52rem)").matches; }

// go opens something and leaves the rest as it is. Stepping through messages
// replaces the address: Back leads to where one came from.
export function go(changes, { replace = false } = {}) {
  const to = href(changes);
  if (to === href({})) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  follow();
}

function follow() {
  const before = current;
  current = parse(location.hash);
  for (const f of listeners) f(current, before);
}

// start reads the address, given the names of the panels there are, and calls f
// now and whenever something else is open.
export function start(names, f) {
  for (const name of names) panels.add(name);
  listeners.add(f);
  addEventListener("popstate", follow);
  follow();
}
