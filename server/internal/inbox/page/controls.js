// Buttons that ask the server for something, and say next to them what it
// answered.
import { el, icon, setText } from "./dom.js";
import { announce } from "./announce.js";

// complaint is a line for errors, next to what was pressed.
export function complaint() {
  const line = el("p", { class: "complaint", role: "alert", hidden: true });
  return {
    element: line,
    say(error) {
      line.hidden = !error;
      setText(line, error ? error.message ?? String(error) : "");
    },
  };
}

// attempt runs work for a button, which cannot be pressed meanwhile, and tells
// the complaint what went wrong. It tells whether all went well.
export async function attempt(button, line, work) {
  if (button.getAttribute("aria-busy") === "true") return false;
  button.setAttribute("aria-busy", "true");
  line.say(null);
  try {
    await work();
    return true;
  } catch (error) {
    line.say(error);
    return false;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// action is a button that does work at once.
export function action(label, line, work, props = {}) {
  const button = el("button", { type: "button", text: label, ...props });
  button.addEventListener("click", () => attempt(button, line, work));
  return button;
}

const PATIENCE = 5000;

// confirmed is a button that wants to be pressed twice. question says what the
// second time does; where it is "" there is nothing to do. It forgets the first
// time after a while, at Escape, and when the focus goes elsewhere.
export function confirmed(label, line, question, work, props = {}) {
  let timer = 0;
  const button = el("button", { type: "button", text: label, ...props });
  const name = props["aria-label"] ?? "";
  function calm() {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("armed");
    setText(button, label);
    if (name) button.setAttribute("aria-label", name);
  }
  button.addEventListener("click", async () => {
    if (timer) {
      calm();
      await attempt(button, line, work);
      return;
    }
    const asks = question();
    if (!asks) return;
    button.classList.add("armed");
    setText(button, asks);
    button.removeAttribute("aria-label");
    announce(`${asks} Press again to do it.`);
    timer = setTimeout(calm, PATIENCE);
  });
  button.addEventListener("blur", () => { if (timer) calm(); });
  button.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && timer) {
      event.stopPropagation();
      calm();
    }
  });
  return button;
}

// copyButton copies what value() is. what names it in the button's label.
export function copyButton(what, value, { short = "", ...props } = {}) {
  let timer = 0;
  const drawing = el("span", { class: "swap" }, icon("copy"));
  const label = short ? el("span", { text: short }) : null;
  const name = `Copy ${what}`; // must have what is seen on the button in it
  const button = el("button", { type: "button", "aria-label": name.includes(short) ? name : short, title: `Copy ${what}`, ...props }, drawing, label);
  button.addEventListener("click", async () => {
    const done = await copy(value());
    announce(done ? `Copied ${what}` : "The browser does not let a page copy here. The text is selected: press Ctrl+C.");
    if (!done) return;
    clearTimeout(timer);
    button.classList.add("done");
    drawing.replaceChildren(icon("check"));
    if (label) setText(label, "Copied");
    timer = setTimeout(() => {
      button.classList.remove("done");
      drawing.replaceChildren(icon("copy"));
      if (label) setText(label, short);
    }, 1600);
  });
  return button;
}

// copy puts a text on the clipboard. Browsers give pages a clipboard only over
// https and on localhost; by any other name the old way has to do.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* not here, or not allowed */ }
  const focused = document.activeElement;
  const area = el("textarea", { class: "unseen", value: text, readOnly: true, "aria-label": "To copy" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  if (done) {
    area.remove();
    focused?.focus({ preventScroll: true });
  } else {
    area.addEventListener("blur", () => area.remove(), { once: true });
  }
  return done;
}
