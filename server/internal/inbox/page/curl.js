// Requests to type into a terminal.
import * as tenant from "./tenant.js";

// quoted is a word for a POSIX shell.
function quoted(text) { return `'${text.replaceAll("'", "'\\''")}'`; }

// command is a POST of JSON.
export function command(path, body) {
  return `curl ${quoted(tenant.origin() + path)} \\\n  --header 'content-type: application/json' \\\n  --data ${quoted(JSON.stringify(body, null, 2).replaceAll("\n", "\n  "))}`;
}

function credentials(client) {
  return client.client_secret ? { client_id: client.client_id, client_secret: client.client_secret } : { client_id: client.client_id };
}

// firstCode asks for a code, by e-mail or SMS.
export function firstCode(known, sms = false) {
  const recipient = sms ? { phone_number: "+12025550101" } : { email: "ada@example.com" };
  return command("/passwordless/start", { ...credentials(tenant.otpClient(known)), connection: tenant.connection(known, sms ? "sms" : "email"), ...recipient, send: "code" });
}

// redeemByHand redeems the code of a message.
export function redeemByHand(message, known) {
  const client = tenant.client(known, message.client_id) ?? { client_id: message.client_id };
  return command("/oauth/token", {
    grant_type: "http://auth0.com/oauth/grant-type/passwordless/otp", ...credentials(client),
    username: message.to, otp: message.code, realm: message.connection, scope: "openid profile email",
  });
}

// requested is a request of the journal. What it kept secret has to be filled in.
export function requested({ method, path, params = {} }) {
  if (method !== "GET" && method !== "HEAD") return command(path, params).replace("curl ", `curl --request ${method} `);
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])).toString();
  return `curl ${quoted(tenant.origin() + path + (query && `?${query}`))}`;
}
