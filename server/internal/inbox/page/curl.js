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

// What a browser, curl or a connection adds by itself.
const BY_ITSELF = /^(host|connection|content-length|transfer-encoding|accept-encoding|user-agent|keep-alive|upgrade-insecure-requests|priority|dnt|pragma|cache-control|te|sec-.*)$/i;

// sentHeaders are the headers of a request of the journal that say something.
export function sentHeaders(sent) { return Object.entries(sent.headers).filter(([name]) => !BY_ITSELF.test(name)).flatMap(([name, values]) => values.map((value) => [name, value])); }

// requested is a request of the journal. What is hidden has to be filled in.
export function requested({ request: { method, path, params = {} }, sent }) {
  if (sent) {
    return [`curl ${quoted(tenant.origin() + sent.url)}`, method !== "GET" && !(method === "POST" && sent.body) && `--request ${method}`,
      ...sentHeaders(sent).map(([name, value]) => `--header ${quoted(`${name.toLowerCase()}: ${value}`)}`), sent.body && `--data-raw ${quoted(sent.body)}`].filter(Boolean).join(" \\\n  ");
  }
  if (method !== "GET" && method !== "HEAD") return command(path, params).replace("curl ", `curl --request ${method} `);
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])).toString();
  return `curl ${quoted(tenant.origin() + path + (query && `?${query}`))}`;
}
