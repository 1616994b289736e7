// The tenant's clock, which may be ahead, behind, or stand still. Between two
// readings it goes on by the browser's monotonic clock.
import { ask, watch } from "./api.js";

const state = { base: Date.now(), at: performance.now(), running: true, offset: "", known: false };
const listeners = new Set();

// now is the tenant's time in milliseconds.
export function now() {
  return state.running ? state.base + performance.now() - state.at : state.base;
}

export function isRunning() { return state.running; }
export function isKnown() { return state.known; }

// offset is how far a running clock is off real time, as in "3m0s"; "" if it
// is not worth a word.
export function offset() {
  return state.running && !/^-?[\d.]+(ms|µs|ns|s)$/.test(state.offset) ? state.offset : "";
}

function take(answer) {
  const base = Date.parse(answer.now), before = now();
  const changed = !state.known || answer.running !== state.running || (answer.offset ?? "") !== state.offset || Math.abs(base - before) > 1500;
  Object.assign(state, { base, at: performance.now(), running: answer.running, offset: answer.offset ?? "", known: true });
  if (changed) tell();
}

function tell() { for (const f of listeners) f(); }

// onTick calls f each second while the tab is seen, and whenever the clock was
// moved.
export function onTick(f) { listeners.add(f); }

const watching = watch("clock", 2000, () => true, take);

// look reads the clock at once: something has happened that may have moved it.
export function look() { watching.look(); }

// noticed takes a time at which something has happened on the server: a clock
// that is behind it was moved.
export function noticed(time) { if (Date.parse(time) > now() + 1500) look(); }

// move is POST /_mock/clock.
export async function move(body) {
  take(await ask("POST", "clock", body));
  watching.forget();
}

function tick() {
  if (!document.hidden) tell();
  setTimeout(tick, 1000 - (state.running ? Math.floor(now()) % 1000 : 0));
}
setTimeout(tick, 1000);

// clockTime is a time of day in UTC, as in 10:02:11.
export function clockTime(ms) { return isValid(ms) ? new Date(ms).toISOString().slice(11, 19) : "–"; }

// fullTime is a date with its time, as in 2026-11-23 10:02:11 UTC.
export function fullTime(ms) {
  return isValid(ms) ? `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC` : "–";
}

function isValid(ms) { return Number.isFinite(ms) && Math.abs(ms) < 8.64e15; }

// ago is how long something has been, by the tenant's clock: now, 12 s, 3 min,
// 2 h, 5 d.
export function ago(time) {
  const seconds = Math.floor((now() - Date.parse(time)) / 1000);
  if (!Number.isFinite(seconds)) return "";
  if (seconds < -1) return `in ${span(-seconds)}`;
  return seconds < 5 ? "now" : span(seconds);
}

function span(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400).toLocaleString("en")} d`;
}

// countdown is what is left until a time: 2:41, 1:02:41, never less than 0:00.
export function countdown(time) {
  const left = Math.max(0, Math.ceil((Date.parse(time) - now()) / 1000));
  const pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(left % 60)}` : `${minutes}:${pad(left % 60)}`;
}
