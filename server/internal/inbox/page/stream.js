// The stream of changes. It is resumed where it broke off; where there is
// nothing to resume, as after a restart of the server, everything comes anew.

const PATIENCE = 1000;

// Relative to this file, since a page and a worker have different base addresses.
const STREAM = new URL("../outbox/stream?brief=1", import.meta.url).href;

// follow calls the listeners for as long as the page is open: reset() when what
// comes next is all there is, message(m, fresh), gone(ids), batch() when what
// belongs together has come, and state("connecting", "live" or "lost").
export function follow(listeners) {
  let place = "";   // after the last whole batch
  let fresh = false; // what comes has just happened
  let refused = 0;

  function connect() {
    const source = new EventSource(place ? `${STREAM}&since=${encodeURIComponent(place)}` : STREAM);
    let all = !place; // a stream without a place begins with everything
    source.onopen = () => {
      refused = 0;
      listeners.state("live");
    };
    source.onerror = () => {
      // The browser would try again by itself, but says neither when nor why.
      const shut = source.readyState === EventSource.CLOSED;
      source.close();
      if (shut && ++refused > 1) place = ""; // it is no place any more
      listeners.state("lost");
      setTimeout(connect, PATIENCE);
    };
    const on = (name, take) => source.addEventListener(name, (event) => {
      if (all) {
        all = false;
        fresh = false;
        listeners.reset();
      }
      take(event);
      if (event.lastEventId !== "" && event.lastEventId !== place) {
        place = event.lastEventId;
        fresh = true;
        listeners.batch();
      }
    });
    on("message", (event) => listeners.message(JSON.parse(event.data), fresh));
    on("gone", (event) => listeners.gone(JSON.parse(event.data).ids));
    on("ready", () => {});
    on("reset", () => {
      fresh = false;
      listeners.reset();
    });
  }
  listeners.state("connecting");
  connect();
}
