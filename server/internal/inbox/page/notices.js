// A notification of the browser when a code comes and the tab is hidden. Whether they are
// wanted is asked once.
import { el, byId } from "./dom.js";
import { sayable } from "./states.js";

const ASKED = "mockauth0 notifications asked";

// start asks, unless the question was answered before or the browser has none.
export function start() {
  const place = byId("ask");
  if (!("Notification" in window) || Notification.permission !== "default" || localStorage.getItem(ASKED)) return;
  const answered = (yes) => () => {
    localStorage.setItem(ASKED, "yes");
    place.hidden = true;
    byId("filter-to").focus();
    if (yes) Notification.requestPermission();
  };
  place.append(el("span", { text: "Notify you of codes while this tab is hidden?" }),
    el("button", { type: "button", class: "quiet", text: "Yes", onclick: answered(true) }),
    el("button", { type: "button", class: "quiet", text: "No", onclick: answered(false) }));
  place.hidden = false;
}

// tell notifies of the newest message that has a code or a link. open opens it.
export function tell(messages, open) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const message = messages.findLast((each) => each.code || each.link);
  if (!message) return;
  // All tabs use one name, so that there is one notification.
  const notice = new Notification(message.code ? `Code ${message.code}` : "Magic link", { body: sayable(message), tag: "mockauth0", icon: "inbox/icon.svg" });
  notice.onclick = () => {
    window.focus();
    open(message.id);
    notice.close();
  };
}
