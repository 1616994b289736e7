// The tenant's clock: turn it, stop it, let it run.
import { el, setText } from "./dom.js";
import { action, attempt, complaint } from "./controls.js";
import * as clock from "./clock.js";

const STEPS = [["30 s", "30s"], ["3 min", "3m"], ["1 hour", "1h"], ["1 day", "24h"]];

export function clockPanel() {
  const line = complaint();
  const time = el("p", { class: "big-time" });
  const date = el("p", { class: "big-date" });
  const freeze = action("", line, () => clock.move({ freeze: clock.isRunning() }));
  const reset = action("Back to real time", line, () => clock.move({ reset: true }), { title: "What has expired stays expired." });

  const span = el("input", { id: "advance-by", type: "text", value: "10m", spellcheck: false, autocomplete: "off" });
  const advance = el("button", { type: "submit", text: "Advance" });
  const advancing = el("form", { class: "inline" }, el("label", { for: "advance-by", text: "Advance by" }), span, advance);
  advancing.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(advance, line, () => clock.move({ advance: span.value.trim() }));
  });

  const at = el("input", { id: "set-to", type: "datetime-local", step: 1, required: true });
  const set = el("button", { type: "submit", text: "Stop there" });
  const setting = el("form", { class: "inline", noValidate: true }, el("label", { for: "set-to", text: "Set to UTC" }), at, set);
  setting.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(set, line, () => clock.move({ set: `${at.value.length === 16 ? `${at.value}:00` : at.value}Z` }));
  });

  let isFilled = false; // what is written there stays
  function tick() {
    const now = clock.now();
    if (!isFilled && clock.isKnown()) {
      isFilled = true;
      at.value = new Date(now).toISOString().slice(0, 16);
    }
    setText(time, clock.clockTime(now));
    const off = clock.offset();
    setText(date, `${clock.fullTime(now).slice(0, 10)} UTC · ${clock.isRunning() ? off ? `runs, ${off.startsWith("-") ? `${off.slice(1)} behind` : `${off} ahead of`} real time` : "runs with real time" : "frozen"}`);
    setText(freeze, clock.isRunning() ? "Freeze" : "Let it run");
  }
  tick();
  return {
    tick,
    elements: [
      el("div", { class: "clock-face" }, time, date),
      line.element,
      el("h3", { text: "Advance" }),
      el("div", { class: "steps", role: "group", "aria-label": "Advance the clock" },
        STEPS.map(([label, by]) => action(`+${label}`, line, () => clock.move({ advance: by }), { "aria-label": `Advance ${label}` }))),
      advancing,
      el("h3", { text: "Stop and start" }),
      el("div", { class: "steps" }, freeze, reset),
      setting,
      el("p", { class: "note", text: "Codes expire and late messages arrive at once. Tokens carry this time. An app that verifies tokens by the real time refuses those from the future." }),
    ],
  };
}
