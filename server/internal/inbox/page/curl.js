// Requests to type into a terminal.
import * as tenant from "./tenant.js";

// quoted is a word for a shell, whatever a stranger wrote into it. Control characters, which a
// terminal may obey while somebody pastes, are written as numbers.
function quoted(text) {
  if (!/[\0-\x09\x0b-\x1f\x7f-\x9f]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${text.replace(/[\\']/g, "\\$&").replace(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, (control) => {
    const code = control.charCodeAt(0);
    return `${code < 0x80 ? "" : "\\302"}\\${code.toString(8).padStart(3, "0")}`;
  })}'`;
}

// to is a URL for curl, which would take brackets for a list of URLs.
function to(url) { return `${/[[\]{}]/.test(url) ? "--globoff " : ""}${quoted(url)}`; }

// reading is a GET.
export function reading(path) { return `curl ${to(tenant.origin() + path)}`; }

// by is the method, where curl would use another one. A method may hold what a shell runs.
function by(method, hasBody) {
  if (method === (hasBody ? "POST" : "GET")) return "";
  return method === "HEAD" && !hasBody ? "--head" : `--request ${/^[A-Z]+$/.test(method) ? method : quoted(method)}`;
}

// command is a request with JSON.
export function command(path, body, method = "POST") {
  return joined(`curl ${to(tenant.origin() + path)}`, by(method, true), "--header 'content-type: application/json'", `--data ${quoted(JSON.stringify(body, null, 2).replaceAll("\n", "\n  "))}`);
}

function joined(...parts) { return parts.filter(Boolean).join(" \\\n  "); }

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
    const headers = sentHeaders(sent).map(([name, value]) => name.toLowerCase() + (value ? `: ${value}` : ";"));
    if (sent.body && !headers.some((each) => each.startsWith("content-type"))) headers.push("content-type:"); // else curl adds one
    return joined(`curl ${to(tenant.origin() + sent.url)}`, by(method, Boolean(sent.body)), ...headers.map((each) => `--header ${quoted(each)}`), sent.body && `--data-raw ${quoted(sent.body)}`);
  }
  if (method !== "GET" && method !== "HEAD") return command(path, params, method);
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])).toString();
  return joined(reading(path + (query && `?${query}`)), by(method, false));
}
