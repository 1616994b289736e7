// The body of a message: rendered, as text, and as source.
import { el } from "./dom.js";
import { ask, read } from "./api.js";
import { isMail } from "./states.js";

let preferred = "html"; // the tab that was chosen last
let onPhone = false;    // HTML is shown as wide as on a phone

// bodyOf is a message's body. What the list knows is short of it, so the rest
// is fetched.
export function bodyOf(message) {
  const root = el("section", { class: "body", "aria-label": "Body" });
  if (!isMail(message)) {
    root.append(el("pre", { class: "bubble", text: message.text }));
    if (message.text.length < 200) return root;
  }
  ask("GET", `outbox/${encodeURIComponent(message.id)}`).then(
    (whole) => root.replaceChildren(...tabs(whole)),
    (error) => root.replaceChildren(el("p", { class: "complaint", role: "alert", text: error.message })),
  );
  return root;
}

function tabs(message) {
  if (!isMail(message)) return [el("pre", { class: "bubble", text: message.text })];
  const address = `outbox/${encodeURIComponent(message.id)}`;
  const all = [
    message.html && ["html", "HTML", () => page(message, `${address}/html?links=1&fit=1`)],
    ["text", "Text", () => [el("pre", { class: "plain", tabIndex: 0, role: "group", "aria-label": "Plain text", text: message.text })]],
    ["source", "Source", () => {
      const pre = el("pre", { class: "plain source", tabIndex: 0, role: "group", "aria-label": "Source", text: "…" });
      read(`${address}/raw`).then((source) => { pre.textContent = source; }, (error) => { pre.textContent = error.message; });
      return [pre];
    }],
  ].filter(Boolean);
  const content = el("div", { class: "tab-content", role: "tabpanel", id: "body-content" });
  const buttons = all.map(([name, label]) => el("button", {
    type: "button", role: "tab", id: `body-${name}`, "aria-controls": "body-content", text: label,
    onclick: () => choose(name, true),
  }));
  function choose(name, wanted) {
    if (wanted) preferred = name;
    all.forEach(([each, , fill], index) => {
      const chosen = each === name;
      buttons[index].setAttribute("aria-selected", chosen);
      buttons[index].tabIndex = chosen ? 0 : -1;
      if (!chosen) return;
      content.setAttribute("aria-labelledby", `body-${each}`);
      content.replaceChildren(...fill());
    });
  }
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": "Views of the message" }, buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = (at + step + buttons.length) % buttons.length;
    choose(all[next][0], true);
    buttons[next].focus();
  });
  choose(all.some(([name]) => name === preferred) ? preferred : all[0][0], false);
  return [list, content];
}

// REMOTE matches what loads a picture from elsewhere. A mail may be a stranger's: no
// repetition here stands beside another of the same characters, so the work is linear.
const REMOTE = /\b(?:(?:src|srcset|background|poster)\s*=["'\s]*|url\((?:["'\s]|&quot;|&#39;)*)(?:https?:)?\/\//i;

// page is the HTML in a sandbox. Remote pictures load when they are asked for, and then
// only in this message.
function page(message, address) {
  const frame = (src) => el("iframe", {
    class: "frame", title: "The e-mail as its reader sees it", src, onload: (event) => fit(event.target),
    sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer",
  });
  let shown = frame(address);
  const phone = el("button", { type: "button", class: "quiet", text: "Phone width", "aria-pressed": onPhone });
  const width = () => {
    phone.setAttribute("aria-pressed", onPhone);
    shown.classList.toggle("phone", onPhone);
  };
  phone.addEventListener("click", () => {
    onPhone = !onPhone;
    width();
  });
  width();
  const note = el("p", { class: "note", text: "Shown in a sandbox: no script runs, and nothing is loaded from elsewhere. Links open in a new tab." });
  const bar = el("div", { class: "steps" }, phone);
  if (!REMOTE.test(message.html)) return [bar, shown, note];
  const offer = el("p", { class: "remote" }, el("span", { text: "This e-mail has remote pictures. Their server would learn that you read it." }),
    el("button", {
      type: "button", class: "quiet", text: "Load them",
      onclick: () => {
        const loaded = frame(`${address}&pictures=1`);
        offer.remove();
        shown.replaceWith(loaded);
        shown = loaded;
        width();
        loaded.focus();
        note.textContent = "Shown in a sandbox: no script runs. Remote pictures are loaded. Links open in a new tab.";
      },
    }));
  return [offer, bar, shown, note];
}

// rootOf is the root of a document. In a mail with <img name="documentElement">, the
// property of that name is the picture.
function rootOf(mail) { return Reflect.get(Document.prototype, "documentElement", mail); }

const HIGHEST = 20_000; // pixels; what is higher scrolls in its frame

// fit makes a frame as high as what it shows, now and when its width changes.
function fit(frame) {
  let width = 0;
  const measure = () => {
    const page = frame.contentDocument && rootOf(frame.contentDocument);
    if (!page || frame.clientWidth === width) return;
    width = frame.clientWidth;
    frame.style.minHeight = frame.style.height = "0"; // else a page that fills its window would be as high as before
    const height = page.scrollHeight;
    frame.style.minHeight = "";
    frame.style.height = `${Math.min(HIGHEST, height + 2)}px`;
    frame.classList.add("fits");
  };
  new ResizeObserver(measure).observe(frame);
  measure();
}
