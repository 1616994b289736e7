// The editor of a scenario file: what the checker says stands beside the text.
import { el, setText } from "./dom.js";
import { action, attempt, complaint } from "./controls.js";
import { read, post } from "./api.js";

const PAUSE = 300; // after the last key, before the file is checked

const FIRST = `version: 1
name: my-failure
description: The first code of each user is refused.
rules:
  - id: first
    when: {endpoint: token, per: recipient, call: 1}
    then: {otp: wrong}
`;

// scenarioEditor is the editor. switched gets each scenario that was switched on.
export function scenarioEditor(switched) {
  const line = complaint();
  const text = el("textarea", { id: "scenario-file", rows: 14, spellcheck: false, autocapitalize: "off", value: sessionStorage.getItem("scenario") || FIRST });
  text.setAttribute("wrap", "off");
  const verdict = el("p", { class: "about", role: "status" });
  const mistakes = el("ul", { class: "plain-list mistakes", "aria-label": "Mistakes in the file" });
  const on = el("button", { type: "submit", class: "primary", text: "Switch it on" });
  const open = el("input", { type: "file", accept: ".yaml,.yml,.json", class: "unseen", "aria-label": "A scenario file", tabIndex: -1 });
  let timer = 0, asked = 0;

  function changed() {
    sessionStorage.setItem("scenario", text.value);
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  // check shows what is wrong, and returns the name of the scenario, or "".
  async function check() {
    clearTimeout(timer);
    const mine = ++asked;
    let answer;
    try {
      answer = text.value.trim() ? JSON.parse(await post("scenarios/check", text.value)) : { errors: [] };
    } catch (error) {
      line.say(error);
      return "";
    }
    if (mine !== asked) return "";
    setText(verdict, answer.name ? `No mistakes: this is ${answer.name}.` : text.value.trim() ? `${answer.errors.length === 1 ? "1 mistake" : `${answer.errors.length} mistakes`}:` : "Write a scenario.");
    mistakes.replaceChildren(...answer.errors.map((each) => el("li", {},
      el("button", { type: "button", class: "quiet", text: `Line ${each.line}`, onclick: () => goTo(each.line) }),
      el("p", { text: [each.path, each.message].filter(Boolean).join(": ") }))));
    return answer.name ?? "";
  }

  function goTo(number) {
    const lines = text.value.split("\n");
    const from = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(from, from + (lines[number - 1] ?? "").length);
  }

  const form = el("form", { class: "stack editor", noValidate: true },
    el("label", { for: "scenario-file", text: "The file" }), text, verdict, mistakes,
    el("div", { class: "steps" }, on,
      action("Save as a file", line, async () => save((await check()) || "scenario", text.value), { class: "quiet" }),
      el("button", { type: "button", class: "quiet", text: "Open a file", onclick: () => open.click() }), open),
    line.element);
  const element = el("details", { class: "more" }, el("summary", { text: "Write your own" }), form);
  text.addEventListener("input", changed);
  open.addEventListener("change", async () => {
    if (open.files[0]) fill(await open.files[0].text());
    open.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(on, line, async () => {
      if (!await check()) throw new Error("The file has mistakes.");
      await switched(JSON.parse(await post("scenarios", text.value)));
    });
  });

  function fill(content) {
    text.value = content;
    changed();
  }

  element.addEventListener("toggle", () => { if (element.open) check(); });
  return {
    element,
    stop() { clearTimeout(timer); },
    // edit opens the file of a scenario. What is changed is not that one any more, so it
    // gets another name.
    async edit(name) {
      const content = await read(`scenarios/${encodeURIComponent(name)}/file`);
      fill(name.startsWith("my-") ? content : content.replace(/^name: .*$/m, `name: my-${name}`));
      element.open = true;
      text.focus();
    },
  };
}

// save lets the browser save a text as a file.
function save(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/yaml" }));
  el("a", { href: url, download: `${name}.yaml` }).click();
  URL.revokeObjectURL(url);
}
