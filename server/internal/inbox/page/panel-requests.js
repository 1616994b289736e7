// The journal: who called what, by which SDK, what was answered, and why.
import { el, setText, plural } from "./dom.js";
import { complaint, confirmed } from "./controls.js";
import { ask, watch } from "./api.js";
import { exchangeOf } from "./exchange.js";
import { clockTime, ago } from "./clock.js";

export function requestsPanel() {
  const line = complaint();
  const count = el("p", { class: "about", role: "status" });
  const found = el("p", { class: "about", role: "status" });
  const none = el("p", { class: "note", hidden: true, text: "No requests yet. Requests of apps appear here. Requests of this page do not." });
  const rows = el("ol", { class: "plain-list requests", "aria-label": "Requests, newest first" });
  const find = el("input", { id: "find-request", type: "search", placeholder: "Path, client, status or SDK", autocomplete: "off", spellcheck: false });
  const shown = new Map();
  let known = 0;
  let wanted = "";    // the id of a request that is to be opened
  let sentAgain = null; // the request that was sent again, whose new answer is to be opened
  const choices = [
    choice("Client", (r) => r.client_id), choice("Status", statusOf), choice("SDK", (r) => r.sdk?.name ?? ""),
  ];
  find.addEventListener("input", sift);

  // choice is a list to filter by: what the requests have as of().
  function choice(label, of) {
    const list = el("select", { "aria-label": `${label} of the requests` });
    list.addEventListener("change", sift);
    let last = null;
    return {
      element: list,
      passes: (r) => list.value === "" || of(r) === list.value,
      fill(items) {
        const values = [...new Set(items.map(of))].filter(Boolean).sort();
        if (values.join("\n") === last) return;
        last = values.join("\n");
        const before = list.value;
        list.replaceChildren(el("option", { value: "", text: `${label}: all` }), ...values.map((value) => el("option", { value, text: value })));
        list.value = values.includes(before) ? before : "";
      },
    };
  }

  // sift hides the requests that do not have all the words, or not what was chosen.
  function sift() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const { element, request } of shown.values()) {
      element.hidden = !words.every((word) => element.dataset.words.includes(word)) || !choices.every((each) => each.passes(request));
      if (!element.hidden) left++;
    }
    setText(found, words.length || choices.some((each) => each.element.value) ? `${left.toLocaleString("en")} of them shown` : "");
  }

  // open opens a request, and goes there.
  function open(row) {
    row.element.hidden = false;
    row.element.firstChild.open = true;
    row.element.scrollIntoView({ block: "nearest" });
    row.element.querySelector("summary").focus();
  }

  function openWanted(added) {
    const row = wanted && [...shown.values()].find(({ request }) => request.id === wanted);
    if (row) {
      wanted = "";
      open(row);
    }
    const answer = sentAgain && added.find(({ request }) => request.method === sentAgain.method && request.path === sentAgain.path);
    if (answer) {
      sentAgain = null;
      open(answer);
    }
  }
  const clear = confirmed("Clear", line, () => known && `Clear ${plural(known, "request")}?`, async () => {
    await ask("DELETE", "requests");
    watching.look();
  }, { class: "quiet", hidden: true });

  const watching = watch("requests", 1500, () => true, ({ items, dropped }) => {
    known = items.length;
    none.hidden = known > 0;
    clear.hidden = known === 0;
    setText(count, known ? `${plural(known, "request")}${dropped ? `; ${plural(dropped, "older one")} dropped` : ""}` : "");
    const ids = new Set(items.map(key));
    for (const [id, row] of shown) {
      if (ids.has(id)) continue;
      row.element.remove();
      shown.delete(id);
    }
    const added = [];
    for (let at = items.length - 1; at >= 0; at--) {
      const id = key(items[at]);
      if (shown.has(id)) break; // what is older is there
      const row = { request: items[at], element: makeRow(items[at], resend) };
      shown.set(id, row);
      added.push(row);
    }
    rows.prepend(...added.map(({ element }) => element));
    for (const each of choices) each.fill(items);
    sift();
    openWanted(added);
  }, line.say);

  function resend(request) {
    sentAgain = request;
    watching.look();
  }

  return {
    stop: watching.stop,
    select(item) {
      wanted = item;
      openWanted([]);
    },
    tick() { for (const time of rows.querySelectorAll(".requests > li:nth-child(-n+40) time")) setText(time, ago(time.dateTime)); },
    elements: [el("div", { class: "section-head" }, count, clear), el("div", { class: "inline" }, el("label", { class: "unseen", for: "find-request", text: "Find a request" }), find), el("div", { class: "choices" }, choices.map(({ element }) => element)), found, line.element, none, rows],
  };
}

// A request is told from others by its id and its time: after a reset of the
// tenant ids come again.
function key(request) { return `${request.id} ${request.at}`; }

// statusOf is the kind of an answer, as the filter has it.
function statusOf(r) { return r.status ? `${Math.floor(r.status / 100)}xx` : "none"; }

function makeRow(r, resend) {
  const line = complaint();
  const sdk = r.sdk ? [r.sdk.name, r.sdk.version].filter(Boolean).join(" ") : "";
  const detail = {
    Answer: r.status ? [r.status, r.error].filter(Boolean).join(" ") : "none: the connection was broken off",
    Client: r.client_id, SDK: sdk, "User agent": r.user_agent, Scenario: r.scenario,
    At: `${clockTime(Date.parse(r.at))} UTC`, Took: `${r.duration_ms} ms`, "Request id": r.id,
  };
  const words = [r.method, r.path, r.client_id, r.status, sdk, r.user_agent, r.error, r.scenario, ...(r.actions ?? []).map((a) => a.name)].filter(Boolean).join(" ").toLowerCase();
  const wire = el("div");
  const opened = (event) => { if (event.target.open && !wire.firstChild) wire.append(exchangeOf(r, line, resend)); };
  return el("li", { "data-words": words }, el("details", { ontoggle: opened },
    el("summary", {},
      el("span", { class: "status", "data-class": r.status ? Math.floor(r.status / 100) : "none", text: r.status || "none" }),
      el("span", { class: "request-line" }, el("span", { class: "method", text: r.method }), " ", r.path),
      el("time", { class: "row-time", datetime: r.at, text: ago(r.at), title: clockTime(Date.parse(r.at)) }),
      el("span", { class: "request-more" },
        el("span", { text: sdk || shortAgent(r.user_agent) || "unknown caller" }),
        r.client_id && el("span", { text: r.client_id }),
        r.scenario && el("span", { class: "fault-tag", text: r.scenario }),
        (r.actions ?? []).map((a) => el("span", { class: a.error ? "fault-tag" : "log-tag", text: a.name, title: `an Action of ${a.trigger}` })),
        (r.logs ?? []).map((log) => el("span", { class: "log-tag", text: log.type, title: log.description || "an entry of the tenant's log" }))),
      r.error_description && el("span", { class: "request-error", text: r.error_description })),
    r.hint && el("p", { class: "hint", text: r.hint }),
    el("dl", { class: "facts" }, Object.entries(detail).filter(([, value]) => value).map(([name, value]) =>
      el("div", {}, el("dt", { text: name }), el("dd", { text: value })))),
    r.logs && logs(r.logs),
    r.actions && ran(r.actions),
    line.element, wire));
}

// What the request wrote to the tenant's log. GET /api/v2/logs/{id} has the whole entry.
function logs(entries) {
  return el("div", { class: "log-entries", role: "list", "aria-label": "Log entries of the tenant" }, entries.map((log) =>
    el("div", { role: "listitem" }, el("span", { class: "log-tag", text: log.type }), " ", log.description, el("code", { text: log.log_id }))));
}

// The Actions that the request ran, in their order: what each did, what was dropped, and
// what it said to the console.
function ran(actions) {
  return el("ol", { class: "plain-list actions-ran", "aria-label": "Actions that ran" }, actions.map((a) =>
    el("li", {},
      el("p", {}, el("strong", { text: a.name }), ` of ${a.trigger}, ${a.duration_ms} ms`),
      el("dl", {}, [["Did", a.did], ["Dropped", a.dropped], ["Console", a.logs], ["Error", a.error && [a.error]]].filter(([, lines]) => lines?.length).map(([name, lines]) =>
        el("div", { "data-kind": name.toLowerCase() }, el("dt", { text: name }), lines.map((line) => el("dd", {}, el("code", { text: line })))))))));
}

function shortAgent(agent) {
  if (!agent) return "";
  return agent.startsWith("Mozilla/") ? "a browser" : agent.split(" ")[0];
}
