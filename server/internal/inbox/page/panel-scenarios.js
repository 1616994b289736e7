// Failures on demand: those that are on, with what they did, and those there are.
import { el, setText } from "./dom.js";
import { action, attempt, complaint } from "./controls.js";
import { ask, watch } from "./api.js";

export function scenariosPanel() {
  const line = complaint();
  const on = el("ul", { class: "plain-list", "aria-label": "Scenarios that are on" });
  const none = el("p", { class: "note", hidden: true, text: "No scenario is on. Everything is answered as at Auth0." });
  const available = el("ul", { class: "plain-list switches", "aria-label": "Scenarios" });
  const only = el("input", { id: "only", type: "text", placeholder: "everybody, or ada@*", spellcheck: false, autocomplete: "off", autocapitalize: "off" });
  const allOff = action("Switch all off", line, async () => {
    await ask("DELETE", "scenarios");
    watching.look();
  }, { class: "quiet", hidden: true });
  const switches = new Map();

  async function switchOn(name) {
    const recipient = only.value.trim();
    await ask("POST", "scenarios", recipient ? { name, when: { recipient } } : { name });
    watching.look();
  }

  async function switchOff(id) {
    await ask("DELETE", `scenarios/${encodeURIComponent(id)}`);
    watching.look();
  }

  const watching = watch("scenarios?describe=1", 1500, () => true, (answer) => {
    on.replaceChildren(...answer.items.map((each) => status(each, line, switchOff)));
    none.hidden = answer.items.length > 0;
    allOff.hidden = answer.items.length === 0;
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
      const ids = answer.items.filter((each) => each.name === name && !ONCE.has(each.by)).map((each) => each.id);
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
    item.element = el("li", {}, item.button, el("p", { class: "about", text: description }), own.element);
    return item;
  }

  return {
    stop: watching.stop,
    elements: [
      el("div", { class: "section-head" }, el("h3", { text: "On now" }), allOff), line.element, none, on,
      el("div", { class: "section-head" }, el("h3", { text: "Switch on" })),
      el("div", { class: "inline" }, el("label", { for: "only", text: "Only for" }), only),
      available,
      el("p", { class: "note" }, "Your own: ", el("code", { text: "POST /_mock/scenarios" }), " with a file, or ", el("code", { text: "--scenario FILE" }), "."),
    ],
  };
}

// status is a scenario that is on, with its counters.
function status(each, line, switchOff) {
  const narrowed = Object.entries(each.narrowed ?? {}).map(([name, value]) => `${name} ${value}`).join(", ");
  const more = [narrowed, each.times && `${each.times} times at most`, each.until && `until ${each.until.slice(11, 19)}`, FROM[each.by] ?? each.by, !each.active && "used up"].filter(Boolean);
  return el("li", { class: "on" },
    el("div", { class: "section-head" }, el("strong", { text: each.id }),
      !ONCE.has(each.by) && action("Off", line, () => switchOff(each.id), { class: "quiet", "aria-label": `Switch ${each.id} off` })),
    el("p", { class: "about", text: more.join(" · ") }),
    el("ul", { class: "rules" }, each.rules.map(rule)));
}

const FROM = { control: "from this page", flag: "from --scenario", fixture: "from the fixture", go: "from a Go test", header: "from a request header", recipient: "from a magic recipient" };

// What a request or its recipient asked for was on for that request alone.
const ONCE = new Set(["header", "recipient"]);

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
