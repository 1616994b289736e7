// The states of a message, in words.

const MEANING = {
  active: "Can be redeemed",
  used: "Was redeemed",
  superseded: "A newer message replaced it",
  expired: "It has expired",
  locked: "Too many wrong attempts",
  queued: "Under way",
  lost: "Never arrives, and nobody was told",
  bounced: "Was refused",
};

// stateOf is the one word that matters: what became of the message if it did
// not arrive, else what became of its code or link. "" for an app's own message.
export function stateOf(message) {
  return message.state === "delivered" ? message.otp_state : message.state;
}

export function meaning(state) { return MEANING[state] ?? ""; }

const KINDS = { email: "E-mail", sms: "SMS", voice: "Call", smtp: "App e-mail", twilio: "App SMS" };

export function kindOf(message) { return KINDS[message.kind] ?? message.kind; }

// isMail tells an e-mail from what goes to a phone.
export function isMail(message) { return message.kind === "email" || message.kind === "smtp"; }

export function iconOf(message) { return isMail(message) ? "mail" : "sms"; }

// sayable names a message in a sentence: e-mail to ada@example.com.
export function sayable(message) {
  const kind = kindOf(message);
  return `${kind === kind.toUpperCase() ? kind : kind[0].toLowerCase() + kind.slice(1)} to ${message.to || "nobody"}`;
}
