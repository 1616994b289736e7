// A request of the journal as it went over the wire, with its answer. What is secret is
// hidden until it is asked for.
import { el, plural } from "./dom.js";
import { action, copyButton } from "./controls.js";
import { ask } from "./api.js";
import { announce } from "./announce.js";
import { requested, sentHeaders } from "./curl.js";
import * as tenant from "./tenant.js";

// exchangeOf shows a request. It is read when it is shown. sent hears that it was sent again.
export function exchangeOf(request, line, sent) {
  const root = el("div", { class: "exchange" });
  let whole = { request }, secrets = false;
  const read = (withSecrets) => ask("GET", `requests/${encodeURIComponent(request.id)}${withSecrets ? "?secrets=1" : ""}`);

  const reveal = action("Show secrets", line, async () => {
    whole = await read(!secrets);
    secrets = !secrets;
    reveal.textContent = secrets ? "Hide secrets" : "Show secrets";
    announce(secrets ? "The secrets are shown" : "The secrets are hidden");
    draw();
  }, { class: "quiet" });
  const again = action("Send again", line, async () => {
    const { sent: of } = secrets ? whole : await read(true);
    if (!of) throw new Error("Headers and bodies are kept of the last requests only.");
    const status = await send(request.method, of);
    announce(status ? `Sent again: ${status}` : "Sent again");
    sent(request);
  }, { class: "quiet", title: "This page sends it, without cookies. It counts like the first one." });
  const steps = el("div", { class: "steps" }, copyButton("the request as curl", () => requested(whole), { short: "Copy as curl", class: "quiet" }));

  function draw() {
    const { sent: asked, answered } = whole;
    const left = asked ? [...part("Request", `${request.method} ${asked.url}`, asked), ...(answered ? part("Answer", `${request.status}`, answered) : [])] : gone(request);
    root.replaceChildren(steps, ...left);
  }

  root.replaceChildren(steps);
  read(false).then((answer) => {
    whole = answer;
    if (whole.sent) steps.append(again, reveal);
    draw();
  }, line.say);
  return root;
}

const HIDDEN = "[redacted]";

// What is no longer kept is the wire's; the parameters are.
function gone({ params }) {
  const text = Object.keys(params ?? {}).length ? JSON.stringify(params, null, 2) : "";
  return [el("p", { class: "note", text: "Headers and bodies are kept of the last requests only." }),
    text && el("pre", { class: "plain", tabIndex: 0, role: "group", "aria-label": "Parameters", text })].filter(Boolean);
}

function part(title, first, { headers, body, bytes }) {
  const all = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const cut = bytes - new Blob([body]).size;
  return [
    el("h3", { text: title }), el("p", { class: "request-line", text: first }),
    el("details", { class: "more" }, el("summary", { text: plural(all.length, "header") }),
      el("dl", { class: "headers" }, all.map(([name, values]) => el("div", {}, el("dt", { text: name }), values.map((value) => el("dd", { text: value })))))),
    body && el("pre", { class: "plain", tabIndex: 0, role: "group", "aria-label": `Body of the ${title.toLowerCase()}`, text: pretty(body) }),
    body && cut > 0 && !body.includes(HIDDEN) && el("p", { class: "note", text: `${plural(cut, "more byte")} not kept.` }),
  ].filter(Boolean);
}

function pretty(body) {
  try { return JSON.stringify(JSON.parse(body), null, 2); } catch { return body; }
}

// send sends a request to the tenant, and nowhere else, and returns the status, or 0 if the
// browser does not tell. The browser's cookies are neither sent nor changed.
async function send(method, sent) {
  const url = new URL(tenant.origin() + sent.url);
  if (!/^\/(?!\/)/.test(sent.url) || url.origin !== location.origin) throw new Error("This is no address of the tenant.");
  if (sent.bytes > new Blob([sent.body]).size) throw new Error("The body was too long to be kept as a whole.");
  if (sent.body.includes("\ufffd")) throw new Error("The body is no text, so the page cannot send it again.");
  const options = { method, headers: sentHeaders(sent), credentials: "omit", redirect: "manual", cache: "no-store" };
  if (sent.body) options.body = sent.body;
  const { status } = await fetch(url, options);
  return status;
}
