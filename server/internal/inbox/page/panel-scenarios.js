// Failures on demand: those that are on, with what they did, and those there are.
import { el, setText } from "./dom.js";
import { action, attempt, complaint } from "./controls.js";
import { ask } from "./api.js";
import { scenarioEditor } from "./editor.js";
import * as scenarios from "./scenarios.js";

export function scenariosPanel() {
  const line = complaint();
  const on = el("ul", { class: "plain-list", "aria-label": "Scenarios that are on" });
  const none = el("p", { class: "note", hidden: true, text: "No scenario is on. Everything is answered as at Auth0." });
  const available = el("ul", { class: "plain-list switches", "aria-label": "Scenarios" });
  const only = el("input", { id: "only", type: "text", placeholder: "everybody, or ada@*", spellcheck: false, autocomplete: "off", autocapitalize: "off" });
  const times = el("input", { id: "times", type: "number", min: 1, placeholder: "no limit", inputmode: "numeric" });
  // A file that is on for everybody is switched on anew by its name if it is to act for less.
  const editor = scenarioEditor(async ({ id, name }) => {
    if (only.value.trim() || times.value) {
      await switchOff(id);
      await switchOn(name);
    }
    scenarios.look();
  });
  const asked = el("ul", { class: "plain-list", "aria-label": "Scenarios that requests asked for" });
  const askedHead = el("div", { class: "section-head", hidden: true }, el("h3", { text: "Asked for by a request" }));
  const allOff = action("Switch all off", line, async () => {
    await ask("DELETE", "scenarios");
    scenarios.look();
  }, { class: "quiet", hidden: true });
  const switches = new Map();

  async function switchOn(name) {
    const recipient = only.value.trim(), most = Number(times.value);
    await ask("POST", "scenarios", { name, ...(recipient && { when: { recipient } }), ...(most && { times: most }) });
    scenarios.look();
  }

  async function switchOff(id) {
    await ask("DELETE", `scenarios/${encodeURIComponent(id)}`);
    scenarios.look();
  }

  const stop = scenarios.follow((answer) => {
    const forAll = answer.items.filter(scenarios.isForAll);
    const forOne = answer.items.filter((each) => !scenarios.isForAll(each));
    on.replaceChildren(...forAll.map((each) => status(each, line, switchOff)));
    none.hidden = forAll.length > 0;
    allOff.hidden = forAll.length === 0;
    asked.replaceChildren(...forOne.map((each) => status(each, line)));
    askedHead.hidden = forOne.length === 0;
    const names = new Set(answer.available);
    for (const [name, item] of switches) {
      if (names.has(name)) continue;
      item.element.remove();
      switches.delete(name);
    }
    for (const name of answer.available) {
      let item = switches.get(name);
      if (!item) {
        item = makeSwitch(name, answer.descriptions?.[name] ?? "");
        switches.set(name, item);
        available.append(item.element);
      }
      const ids = forAll.filter((each) => each.name === name).map((each) => each.id);
      item.ids = ids;
      item.button.setAttribute("aria-checked", ids.length > 0);
    }
  }, line.say);

  function makeSwitch(name, description) {
    const item = { ids: [] };
    const own = complaint();
    item.button = el("button", {
      type: "button", class: "switch", role: "switch", "aria-checked": false,
      onclick: () => attempt(item.button, own, async () => {
        if (item.ids.length === 0) await switchOn(name);
        else for (const id of item.ids) await switchOff(id);
      }),
    }, el("span", { class: "switch-track", "aria-hidden": "true" }), el("span", { class: "switch-name", text: name }));
    item.element = el("li", {},
      el("div", { class: "section-head" }, item.button, action("Edit", own, () => editor.edit(name), { class: "quiet", "aria-label": `Edit a copy of ${name}` })),
      el("p", { class: "about", text: description }), own.element);
    return item;
  }

  return {
    stop() {
      stop();
      editor.stop();
    },
    elements: [
      el("div", { class: "section-head" }, el("h3", { text: "On now" }), allOff), line.element, none, on, askedHead, asked,
      el("div", { class: "section-head" }, el("h3", { text: "Switch on" })),
      el("div", { class: "inline" }, el("label", { for: "only", text: "Only for" }), only),
      el("div", { class: "inline" }, el("label", { for: "times", text: "Times" }), times),
      editor.element,
      available,
      el("p", { class: "note" }, "A saved file is switched on by ", el("code", { text: "--scenario FILE" }), " or ", el("code", { text: "POST /_mock/scenarios" }), "."),
    ],
  };
}

// status is a scenario with its counters. Without switchOff it has no button.
function status(each, line, switchOff) {
  const narrowed = Object.entries(each.narrowed ?? {}).map(([name, value]) => `${name} ${value}`).join(", ");
  const more = [narrowed, each.times && `${each.times} times at most`, each.until && `until ${each.until.slice(11, 19)}`, FROM[each.by] ?? each.by, !each.active && "used up"].filter(Boolean);
  return el("li", { class: "on" },
    el("div", { class: "section-head" }, el("strong", { text: each.id }),
      switchOff && action("Off", line, () => switchOff(each.id), { class: "quiet", "aria-label": `Switch ${each.id} off` })),
    el("p", { class: "about", text: more.join(" · ") }),
    el("ul", { class: "rules" }, each.rules.map(rule)));
}

const FROM = { control: "from this page", flag: "from --scenario", fixture: "from the fixture", go: "from a Go test", header: "from a request header", recipient: "from a magic recipient" };

function rule(each) {
  const skipped = Object.entries(each.skipped).map(([why, n]) => `${n} by ${why}`).join(", ");
  const counts = [["fired", each.fired], ["matched", each.matched], ["shadowed", each.shadowed]].filter(([name, n]) => n > 0 || name !== "shadowed");
  const item = el("li", {},
    el("span", { class: "rule-name", text: each.id }),
    counts.map(([name, n]) => el("span", { class: `counter ${n > 0 ? name : ""}`, text: `${name} ${n}` })),
    skipped && el("span", { class: "counter", text: `skipped ${skipped}` }));
  if (each.fired === 0 && each.near_misses.length > 0) {
    const miss = el("p", { class: "note" });
    setText(miss, `Near miss: ${each.near_misses[each.near_misses.length - 1]}`);
    item.append(miss);
  }
  return item;
}
