// The scenarios that are on: the header counts them, and the panel lists them.
import { watch } from "./api.js";

const listeners = new Set();
let last = null, problem = null;

const watching = watch("scenarios?describe=1", 1500, () => true,
  (answer) => { last = answer; for (const each of listeners) each.changed(answer); },
  (error) => { problem = error; for (const each of listeners) each.failed(error); });

// look reads them at once: something was switched.
export function look() { watching.look(); }

// follow hands on each change and each failure, beginning with the present
// state. The function that it returns ends that.
export function follow(changed, failed = () => {}) {
  const listener = { changed, failed };
  listeners.add(listener);
  if (last) changed(last);
  if (problem) failed(problem);
  return () => listeners.delete(listener);
}

// isForAll tells whether a scenario is on for more than the requests that asked
// for it, by a header or by their recipient.
export function isForAll(scenario) { return scenario.by !== "header" && scenario.by !== "recipient"; }
