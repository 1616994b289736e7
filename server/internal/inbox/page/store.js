// The messages that the page knows: all of them, and those that pass the
// filter, both in the order of their creation.

const all = [];
const byId = new Map();
const unseen = new Set(); // came while the page was not looked at
const unread = new Set(); // nobody has had them open
let view = all;
let filter = { to: "", kind: "" };
let passes = null;
let isTo = () => true;
let found = { words: "", ids: new Set() }; // by the server, which knows whole bodies

// put takes in a message that is new or has changed, and tells which it was.
export function put(message) {
  const known = byId.get(message.id);
  byId.set(message.id, message);
  message.order = Number(message.id.slice(4));
  if (known) {
    all[place(all, message.order)] = message;
    if (view !== all && passes(message)) view[place(view, message.order)] = message;
    return false;
  }
  insert(all, message);
  if (view !== all && passes(message)) insert(view, message);
  return true;
}

// place is where a message stands, or would.
function place(list, order) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].order < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(list, message) {
  if (list.length === 0 || list[list.length - 1].order < message.order) list.push(message);
  else list.splice(place(list, message.order), 0, message);
}

// remove forgets messages.
export function remove(ids) {
  const doomed = new Set(ids);
  for (const id of doomed) {
    byId.delete(id);
    unseen.delete(id);
    unread.delete(id);
  }
  const keep = (message) => !doomed.has(message.id);
  const kept = all.filter(keep);
  all.length = 0;
  for (const message of kept) all.push(message);
  if (view !== all) view = view.filter(keep);
}

// clear forgets everything.
export function clear() {
  all.length = 0;
  byId.clear();
  unseen.clear();
  unread.clear();
  if (view !== all) view = [];
}

export function get(id) { return byId.get(id); }
export function total() { return all.length; }

// visible are the messages that pass the filter, oldest first.
export function visible() { return view; }

// newest is the newest message that passes the filter.
export function newest() { return view[view.length - 1]; }

// newestWith is the newest message of all for which fits is true.
export function newestWith(fits) { return all.findLast(fits); }

// position is how many newer messages pass the filter; -1 if it does not.
export function position(message) {
  const at = place(view, message.order);
  return view[at]?.id === message.id ? view.length - 1 - at : -1;
}

// nearest is the position in which a message would stand.
export function nearest(order) { return Math.max(0, view.length - 1 - place(view, order)); }

export function currentFilter() { return filter; }

// setFilter shows only some messages. to is part of an address, a number, a subject, a
// code or a text, or a whole address in which * stands for any text, as in the control API.
export function setFilter(next) {
  filter = next;
  const to = filter.to.trim().toLowerCase();
  if (!to && !filter.kind) {
    passes = null;
    view = all;
    return;
  }
  const fits = to.includes("*") ? glob(to) : (address) => address.includes(to);
  const says = (message) => !to.includes("*") && (found.words === to && found.ids.has(message.id) || [message.subject, message.code, message.text].some((part) => part?.toLowerCase().includes(to)));
  isTo = (message) => !to || message.recipients.some((address) => fits(address.trim().toLowerCase()));
  passes = (message) => (!filter.kind || message.kind === filter.kind)
    && (!to || (isTo(message) || says(message)));
  view = all.filter(passes);
}

// words are the words that are sought; "" if an address with * is.
export function words() {
  const to = filter.to.trim().toLowerCase();
  return to.includes("*") ? "" : to;
}

// setFound adds the messages in whose whole bodies the server found the words.
export function setFound(words, ids) {
  found = { words, ids: new Set(ids) };
  setFilter(filter);
}

// filtersByWords tells whether a message is there only because of what it says. The
// control API has no such filter.
export function filtersByWords() { return view !== all && view.some((message) => !isTo(message)); }

function glob(pattern) {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join("[^]*")}$`);
  return (address) => expression.test(address);
}

// filterQuery is the filter as the control API takes it.
export function filterQuery() {
  const query = [];
  const to = filter.to.trim();
  if (to) query.push(`to=${encodeURIComponent(to.includes("*") ? to : `*${to}*`)}`);
  if (filter.kind) query.push(`kind=${filter.kind}`);
  return query.length ? `?${query.join("&")}` : "";
}

export function markUnseen(id) { unseen.add(id); }
export function markSeen(id) { return unseen.delete(id); }
export function markAllSeen() { unseen.clear(); }
export function markUnread(id) { unread.add(id); }
export function markRead(id) { unread.delete(id); }
export function isUnread(id) { return unread.has(id); }
export function unseenCount() { return unseen.size; }
