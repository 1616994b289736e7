// All tabs of a browser share one stream, which a shared worker reads. A browser
// opens six connections to a server over http, and each stream takes one.
import * as stream from "./stream.js";

// A worker of an older page may still run. Raise this if it could not serve this one.
const VERSION = 1;

// A worker that is loaded says something at once. A browser that is busy may not say
// that it could not load it: Chromium does not always.
const PATIENCE = 10_000;

// follow is stream.follow by way of the worker. A browser without shared workers, or
// one that does not load this one, reads a stream for each tab.
export function follow(listeners) {
  let worker;
  try {
    worker = new SharedWorker(new URL("./worker.js", import.meta.url), { type: "module", name: `inbox ${VERSION}` });
  } catch {
    stream.follow(listeners);
    return;
  }
  const alone = () => {
    clearTimeout(timer);
    worker.onerror = null;
    worker.port.close();
    stream.follow(listeners);
  };
  const timer = setTimeout(alone, PATIENCE);
  worker.onerror = alone;
  worker.port.onmessage = ({ data }) => {
    clearTimeout(timer);
    for (const [name, ...args] of data) listeners[name](...args);
  };
  addEventListener("pagehide", () => worker.port.postMessage("closed"));
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // the back button brought it back as it was
  });
}
