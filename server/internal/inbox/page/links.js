// Where a link of a message leads: to the tenant and on to an app, to an app, to this
// machine, or to a place that nothing here knows. Nobody follows it to find out.
import { webLink } from "./dom.js";
import * as tenant from "./tenant.js";

// leadsTo says where a link leads. isKnown is false if no client has that address.
// The client of the message counts first.
export function leadsTo(link, known, clientID) {
  known = { ...known, clients: [...(known.clients ?? [])].sort((a, b) => (b.client_id === clientID) - (a.client_id === clientID)) };
  if (!webLink(link)) return { text: "no web address", isKnown: false };
  const url = new URL(link);
  const own = [tenant.origin(), known.issuer].filter(Boolean).some((each) => new URL(each).origin === url.origin);
  if (!own) return place(link, known);
  const next = ["redirect_uri", "returnTo", "result_url"].map((name) => url.searchParams.get(name)).find(Boolean);
  if (!next) return { text: `this tenant, ${url.pathname}`, isKnown: true };
  const then = place(next, known);
  return { text: `this tenant, and then ${then.text}`, isKnown: then.isKnown };
}

function place(address, known) {
  const client = known.clients.find((each) => [...(each.callbacks ?? []), ...(each.allowed_logout_urls ?? []), each.initiate_login_uri].filter(Boolean).some((pattern) => matches(pattern, address)));
  const host = hostOf(address);
  if (client) return { text: `${host}, of client ${client.client_id}`, isKnown: true };
  if (/^(localhost|127\.[\d.]+|\[::1\]|.*\.localhost)(:\d+)?$/.test(host)) return { text: `${host}, this machine`, isKnown: true };
  return { text: `${host}, which no client has`, isKnown: false };
}

function hostOf(address) {
  try { return new URL(address).host || address; } catch { return address; }
}

// leadsBack tells whether a client may lead a browser to an address. The pattern with a port of
// localhost stands for all names of this machine.
export function leadsBack(client, address) {
  return (client.callbacks ?? []).some((pattern) => matches(pattern, address)
    || /^https?:\/\/localhost:\*$/.test(pattern) && matches(pattern, address.replace(/\/\/(127\.[\d.]+|\[::1\])/, "//localhost")));
}

// matches compares an address with one of a client, in which * stands for any text.
function matches(pattern, address) {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}([/?#].*)?$`).test(address);
}
