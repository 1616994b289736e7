// The shared worker: it reads the stream, and tells all tabs. It lives as long as one
// of them is open.
import { follow } from "./stream.js";

const tabs = new Set();
const held = new Map(); // the messages that there are, for a tab that comes later
let state = "connecting";
let loaded = false;

function tell(...call) {
  for (const tab of tabs) tab.postMessage([call]);
}

follow({
  state(now) {
    state = now;
    tell("state", state);
  },
  reset() {
    held.clear();
    tell("reset");
  },
  message(message, fresh) {
    held.set(message.id, message);
    tell("message", message, fresh);
  },
  gone(ids) {
    for (const id of ids) held.delete(id);
    tell("gone", ids);
  },
  batch() {
    loaded = true;
    tell("batch");
  },
});

addEventListener("connect", ({ ports: [tab] }) => {
  const calls = [["state", state], ["reset"]];
  for (const message of held.values()) calls.push(["message", message, false]);
  if (loaded) calls.push(["batch"]);
  tab.onmessage = () => tabs.delete(tab); // all that a tab says is that it is closed
  tab.postMessage(calls);
  tabs.add(tab);
});
