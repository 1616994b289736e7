// The control API. Addresses are relative to the page's, so that the page works
// by whatever name and below whatever path it was opened.

// A Refused is an error in the control API's own words.
export class Refused extends Error {
  constructor(status, code, sentence) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

async function send(method, path, body) {
  const options = { method, headers: { Accept: "application/json" }, cache: "no-store" };
  if (typeof body === "string") {
    options.headers["Content-Type"] = "application/yaml";
    options.body = body;
  } else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused(0, "no_answer", "mockauth0 does not answer. Is it still running?");
  }
  const text = await answer.text();
  if (!answer.ok) {
    let told = {};
    try { told = JSON.parse(text); } catch { /* something in between answered */ }
    // The sentence has the places of the mistakes in a body, which nobody here wrote.
    const mistakes = told.errors?.map((each) => [each.path, each.message].filter(Boolean).join(": ")).join("\n");
    throw new Refused(answer.status, told.error ?? "", mistakes || told.error_description || `${method} ${path}: ${answer.status} ${answer.statusText}`);
  }
  return text;
}

// ask is a call whose answer is JSON, or nothing.
export async function ask(method, path, body) {
  const text = await send(method, path, body);
  return text === "" ? null : JSON.parse(text);
}

// read is the text of an answer.
export function read(path) { return send("GET", path); }

// post sends a file as it is.
export function post(path, text) { return send("POST", path, text); }

// watch reads an address again and again while wanted() says so and the tab is
// seen, and hands on each answer that differs from the one before. failed hears
// of what went wrong, and gets null when it is right again.
export function watch(path, every, wanted, changed, failed = () => {}) {
  let last = null, timer = 0, running = false, again = false, stopped = false;
  async function look() {
    clearTimeout(timer);
    if (stopped) return; // perhaps while it was reading
    if (running) { again = true; return; }
    if (document.hidden || !wanted()) return;
    running = true;
    try {
      const text = await read(path);
      failed(null);
      if (text !== last && wanted() && !stopped) {
        last = text;
        changed(JSON.parse(text));
      }
    } catch (error) {
      failed(error);
    }
    running = false;
    if (again) {
      again = false;
      look();
      return;
    }
    timer = setTimeout(look, every);
  }
  document.addEventListener("visibilitychange", look);
  look();
  return {
    look,
    forget() { last = null; },
    stop() {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    },
  };
}
