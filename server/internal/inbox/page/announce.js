// What changes is told to those who do not see it.
import { byId } from "./dom.js";

let timer = 0;
const pending = [];

// announce says a sentence through the page's live region. What comes close
// together is said together.
export function announce(sentence) {
  pending.push(sentence);
  byId("announce").textContent = ""; // so that the same sentence is heard again
  clearTimeout(timer);
  timer = setTimeout(() => { byId("announce").textContent = pending.splice(0).join(" "); }, 120);
}
