// The list of messages. Only the rows that are seen are in the document, so
// that ten thousand messages cost no more than ten.
import { el, icon, byId, setText, nextFrame } from "./dom.js";
import { copyButton } from "./controls.js";
import { ago } from "./clock.js";
import { stateOf, kindOf, iconOf } from "./states.js";
import * as store from "./store.js";

const SPARE = 6; // rows above and below those that are seen

const box = byId("list");
const rows = byId("rows");
const shown = new Map(); // id → row
let chosen = "";         // the message that the reader shows
let open = () => {};
let rowHeight = 0;
let anchor = null;       // the topmost message that is seen, and how far it is out

// start makes the list; opened hears of the message that was clicked.
export function start(opened) {
  open = opened;
  box.addEventListener("scroll", () => { remember(); draw(); }, { passive: true });
  new ResizeObserver(() => { rowHeight = 0; draw(); }).observe(box);
}

// choose marks the message that the reader shows.
export function choose(id, { scroll = false, focus = false } = {}) {
  chosen = id;
  const message = store.get(id);
  const at = message ? store.position(message) : -1;
  if (at >= 0 && scroll) {
    measure();
    const top = at * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
    remember();
  }
  render();
  if (focus) shown.get(id)?.link.focus({ preventScroll: true });
}

// hasFocus tells whether the keyboard is in the list.
export function hasFocus() { return box.contains(document.activeElement); }

// draw draws the list before the next painting.
export const draw = nextFrame(render);

// tick draws the times anew.
export function tick() {
  for (const row of shown.values()) setText(row.time, ago(row.message.delivered_at ?? row.message.created_at));
}

function measure() {
  if (rowHeight) return;
  rowHeight = parseFloat(getComputedStyle(box).getPropertyValue("--row")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

// remember notes what stands at the top, so that it stays there when messages
// come above it. At the very top what is new is what one wants to see.
function remember() {
  anchor = null;
  if (box.scrollTop < 2 || !rowHeight) return;
  const view = store.visible();
  const message = view[view.length - 1 - Math.floor(box.scrollTop / rowHeight)];
  if (message) anchor = { order: message.order, rest: box.scrollTop % rowHeight };
}

function render() {
  measure();
  const view = store.visible(), count = view.length;
  const height = `${count * rowHeight}px`;
  if (rows.style.height !== height) rows.style.height = height;
  if (anchor) {
    const top = store.nearest(anchor.order) * rowHeight + anchor.rest;
    if (Math.abs(top - box.scrollTop) >= 1) box.scrollTop = top;
  }
  const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - SPARE);
  const last = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + SPARE);
  const wanted = new Map();
  for (let at = first; at < last; at++) wanted.set(view[count - 1 - at].id, at);
  // The row that has the focus stays, so that a reader who scrolls away can come back to it.
  const focused = document.activeElement?.closest?.(".row")?.dataset.id;
  for (const id of [focused, chosen]) {
    const message = id && store.get(id);
    const at = message ? store.position(message) : -1;
    if (at >= 0) wanted.set(id, at);
  }
  for (const [id, row] of shown) {
    if (wanted.has(id)) continue;
    row.element.remove();
    shown.delete(id);
  }
  const inOrder = [...wanted].sort((a, b) => a[1] - b[1]);
  const tabStop = wanted.has(chosen) ? chosen : inOrder[0]?.[0];
  inOrder.forEach(([id, at], index) => {
    let row = shown.get(id);
    if (!row) {
      row = makeRow(id);
      shown.set(id, row);
    }
    if (rows.children[index] !== row.element) rows.insertBefore(row.element, rows.children[index] ?? null);
    update(row, store.get(id), at, count, id === tabStop);
  });
}

function makeRow(id) {
  const row = { message: null, at: -1 };
  row.to = el("span", { class: "row-to" });
  row.time = el("time", { class: "row-time" });
  row.what = el("span", { class: "row-what" });
  row.badge = el("span", { class: "badge" });
  row.subject = el("span", { class: "row-subject" });
  row.icon = el("span", { class: "row-icon" });
  row.copy = copyButton("code", () => row.message.code, { class: "ghost square row-copy" });
  row.link = el("a", { class: "row-link", href: `#/message/${encodeURIComponent(id)}` });
  row.link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(id);
  });
  row.element = el("div", { class: "row", role: "listitem", "data-id": id },
    row.link, row.icon, row.to, row.time, row.what, row.copy, row.badge, row.subject);
  return row;
}

function update(row, message, at, count, isTabStop) {
  const { element, link } = row;
  if (row.at !== at) {
    row.at = at;
    element.style.transform = `translateY(${at * rowHeight}px)`;
    element.setAttribute("aria-posinset", at + 1);
  }
  element.setAttribute("aria-setsize", count);
  const isChosen = message.id === chosen, isUnread = store.isUnread(message.id);
  element.classList.toggle("chosen", isChosen);
  element.classList.toggle("fresh", isUnread);
  if (isChosen) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
  link.tabIndex = row.copy.tabIndex = isTabStop ? 0 : -1;
  if (row.message === message && row.isUnread === isUnread) return;
  row.isUnread = isUnread;
  row.message = message;
  const state = stateOf(message);
  const kind = kindOf(message);
  row.icon.replaceChildren(icon(iconOf(message)));
  row.icon.title = kind;
  setText(row.to, message.to || "nobody");
  setText(row.time, ago(message.delivered_at ?? message.created_at));
  const preview = message.text.replace(/\s+/g, " ").trim();
  const headline = message.code || (message.link ? "Magic link" : message.subject || preview || "(empty)");
  setText(row.what, headline);
  row.what.className = message.code ? "row-what row-code" : "row-what";
  setText(row.subject, headline === message.subject ? preview : headline === preview ? kind : message.subject || preview);
  row.badge.hidden = !state;
  row.badge.dataset.state = state;
  setText(row.badge, state);
  row.copy.hidden = !message.code;
  row.copy.setAttribute("aria-label", `Copy code ${message.code}`);
  element.dataset.state = state;
  link.setAttribute("aria-label", [`${kind} to ${message.to || "nobody"}`,
    message.code ? `code ${message.code}` : message.link ? "magic link" : message.subject || "no subject", state, isUnread && "unread"].filter(Boolean).join(", "));
}
