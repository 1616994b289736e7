// The inbox page: what comes from the stream goes into the store, and from
// there into the list and the reader.
import { byId, setText, nextFrame, plural } from "./dom.js";
import { ask } from "./api.js";
import { announce } from "./announce.js";
import { complaint, confirmed } from "./controls.js";
import { sayable } from "./states.js";
import * as clock from "./clock.js";
import * as empty from "./empty.js";
import * as keyboard from "./keyboard.js";
import * as list from "./list.js";
import * as notices from "./notices.js";
import * as panels from "./panels.js";
import * as reader from "./reader.js";
import * as router from "./route.js";
import * as store from "./store.js";
import * as tabs from "./tabs.js";

byId("stuck").remove(); // the script runs
const app = byId("app"), filterTo = byId("filter-to"), filterKind = byId("filter-kind");
let loaded = false; // the first batch has come
let arrived = [];   // new since the last batch
const PAUSE = 200;  // after the last key, before the server is asked
let searching = 0;
let scroll = false; // the reader's message is to be scrolled to

// shownMessage is the one that the address names, else the newest.
function shownMessage() {
  const { message } = router.route();
  return message ? store.get(message) : store.newest();
}

const draw = nextFrame(() => {
  const pinned = router.route().message !== "";
  const message = shownMessage();
  const filtered = store.total() > 0 && store.visible().length === 0;
  reader.show(message, { pinned, missing: pinned && loaded, filtered });
  if (message && pinned && store.markSeen(message.id)) title();
  if (message && lookedAt()) store.markRead(message.id);
  list.choose(message?.id ?? "", { scroll });
  scroll = scroll && !message; // it may still come
  summary();
  if (loaded) empty.show(store.total() === 0 ? "none" : filtered ? "filtered" : "", unfilter);
  app.classList.toggle("no-messages", loaded && store.total() === 0);
  byId("list").hidden = loaded && store.visible().length === 0;
});

function summary() {
  const all = store.total(), seen = store.visible().length;
  const count = seen === all ? plural(all, "message") : `${seen.toLocaleString("en")} of ${plural(all, "message")}`;
  setText(byId("count"), loaded ? count : "\u00a0");
  clear.hidden = seen === 0 || store.filtersByWords();
}

// title counts what came while the page was not looked at.
function title() {
  const n = store.unseenCount();
  document.title = `${n ? `(${n}) ` : ""}mockauth0 inbox`;
}

function lookedAt() { return !document.hidden && document.hasFocus(); }

function seen() {
  if (!lookedAt() || store.unseenCount() === 0) return;
  store.markAllSeen();
  title();
  draw();
}

tabs.follow({
  state(state) {
    byId("live").dataset.state = state;
    setText(byId("live-text"), { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again" }[state]);
    if (state === "live") clock.look();
  },
  reset() {
    store.clear();
    arrived = [];
    draw();
  },
  message(message, fresh) {
    const isNew = store.put(message);
    if (isNew && fresh) arrived.push(message);
    draw();
  },
  gone(ids) {
    store.remove(ids);
    draw();
  },
  batch() {
    loaded = true;
    if (arrived.length) {
      tell(arrived);
      search();
    }
    arrived = [];
    draw();
  },
});

function tell(messages) {
  const last = messages[messages.length - 1];
  clock.noticed(last.created_at);
  for (const { id } of messages) {
    store.markUnread(id);
    if (!lookedAt()) store.markUnseen(id);
  }
  title();
  notices.tell(messages, read);
  if (messages.length > 3) {
    announce(`${messages.length} new messages`);
    return;
  }
  for (const m of messages) {
    announce(`New ${sayable(m)}${m.code ? `, code ${m.code}` : m.link ? ", magic link" : m.subject ? `, ${m.subject}` : ""}${m.state === "delivered" ? "" : `, ${m.state}`}.`);
  }
}

// The filter.

function setFilter() {
  store.setFilter({ to: filterTo.value, kind: filterKind.value });
  byId("list").scrollTop = 0;
  draw();
  search();
}

// search asks the server for the words: the list knows only the beginning of each body.
function search() {
  clearTimeout(searching);
  const words = store.words();
  if (words.length < 2) return;
  searching = setTimeout(async () => {
    try {
      store.setFound(words, (await ask("GET", `outbox/search?text=${encodeURIComponent(words)}`)).ids);
    } catch (error) {
      clearLine.say(error);
    }
    draw();
  }, PAUSE);
}

function unfilter() {
  filterTo.value = "";
  filterKind.value = "";
  setFilter();
  filterTo.focus();
}

filterTo.addEventListener("input", setFilter);
filterKind.addEventListener("change", setFilter);
byId("filters").addEventListener("submit", (event) => event.preventDefault());

const clearLine = complaint();
const clear = confirmed("Clear", clearLine,
  () => store.visible().length === 0 ? "" : `Clear ${plural(store.visible().length, "message")}?`,
  async () => {
    const { deleted } = await ask("DELETE", `outbox${store.filterQuery()}`);
    announce(`Cleared ${plural(deleted, "message")}`);
  },
  { class: "quiet" });
byId("clear").append(clear);
byId("clear").parentElement.after(clearLine.element);

// What is open.

function read(id, options) {
  scroll = true;
  router.go({ message: id }, options);
}

function step(by) {
  const view = store.visible();
  if (view.length === 0) return false;
  const message = shownMessage();
  const at = message ? store.position(message) : -1;
  const next = Math.min(view.length - 1, Math.max(0, at < 0 ? 0 : router.route().message ? at + by : at + (by > 0 ? by : 0)));
  const hadFocus = list.hasFocus() || document.activeElement === document.body;
  read(view[view.length - 1 - next].id, { replace: router.route().message !== "" });
  if (hadFocus) list.choose(view[view.length - 1 - next].id, { scroll: true, focus: true });
  return true;
}

function showList() {
  const { message } = router.route();
  router.go({ message: "" });
  list.choose(message, { focus: true });
}

notices.start();

list.start((id) => {
  read(id);
  if (router.isNarrow()) byId("reader").focus({ preventScroll: true });
});
reader.start(showList);

router.start(panels.names, (route, before) => {
  app.classList.toggle("reading", route.message !== "");
  app.classList.toggle("with-panel", route.panel !== "");
  if (route.message !== before.message) scroll = true;
  panels.show(route.panel, route.item);
  draw();
});

clock.onTick(() => {
  reader.tick();
  list.tick();
  panels.tick();
});

for (const name of ["focus", "visibilitychange"]) addEventListener(name, seen);
document.addEventListener("visibilitychange", seen);

const arrow = (by) => () => (list.hasFocus() ? step(by) : false);

keyboard.start({
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: arrow(1),
  ArrowUp: arrow(-1),
  c: () => reader.copyCode(),
  o: () => reader.openLink(),
  "/": () => {
    if (router.isNarrow()) router.go({ message: "", panel: "" });
    filterTo.focus();
    filterTo.select();
  },
  "?": () => keyboard.toggleHelp(),
  Escape: (event) => {
    if (keyboard.helpIsOpen()) return keyboard.closeHelp();
    if (event.target === filterTo && filterTo.value) {
      filterTo.value = "";
      return setFilter();
    }
    if (router.route().panel) return panels.close();
    if (router.route().message) return showList();
    return document.activeElement === document.body ? false : document.activeElement.blur();
  },
});
