// What an app is configured with: issuer, domain, clients, connections, APIs.
import { ask } from "./api.js";

let asked = null;

// ready is the tenant, read once; look asks for it anew.
export function ready() { return asked ?? look(); }

export function look() {
  const asking = ask("GET", "tenant");
  asked = asking;
  asking.catch(() => { if (asked === asking) asked = null; });
  return asking;
}

// The address by which the page reached the tenant is the one by which an app
// on this machine does, too; a proxy's is not known to the server.
export function origin() { return new URL("..", document.baseURI).href.replace(/\/$/, ""); }
export function domain() { return new URL(origin()).host; }

const OTP = "http://auth0.com/oauth/grant-type/passwordless/otp";

export function client(known, id) { return known.clients?.find((each) => each.client_id === id); }

// firstOf is the first client that is one of the kinds, the likeliest first,
// else the first of all; an empty one if there is none.
export function firstOf(known, ...kinds) {
  const clients = known.clients ?? [];
  for (const kind of kinds) {
    const found = clients.find((each) => each.app_type === kind);
    if (found) return found;
  }
  return clients[0] ?? { client_id: "YOUR_CLIENT_ID" };
}

// otpClient is a client that can sign in by a code, one without a secret if
// there is one.
export function otpClient(known) {
  const able = (known.clients ?? []).filter((each) => each.grant_types?.includes(OTP));
  return able.find((each) => !each.client_secret) ?? able[0] ?? firstOf(known);
}

// connection is the name of the first connection of a strategy.
export function connection(known, strategy) {
  return known.connections?.find((each) => each.strategy === strategy && !each.disabled)?.name ?? strategy;
}

export function audience(known) { return known.resource_servers?.[0]?.identifier ?? ""; }
