// The requests of "Try it" as calls of an SDK: npm auth0 for a client with a secret, React
// Native's for one without, and openid-client where those have no such call.
import * as tenant from "./tenant.js";

// literal is a value as one writes it in a program.
function literal(value) { return JSON.stringify(value, null, 2).replace(/^( *)"([a-z_]\w*)":/gim, "$1$2:"); }

function auth0(client, path, options) {
  if (client.client_secret) {
    return ["npm auth0", `// NODE_EXTRA_CA_CERTS=ca.pem node app.mjs
import { AuthenticationClient } from "auth0"; // from version 7 on: "auth0/legacy"

const auth0 = new AuthenticationClient(${literal({ domain: tenant.domain(), clientId: client.client_id, clientSecret: client.client_secret })});
const { data } = await auth0.${path[0]}(${literal(options)});
`];
  }
  const { phone_number: phoneNumber, ...rest } = options;
  return ["react-native-auth0", `import Auth0 from "react-native-auth0";

const auth0 = new Auth0(${literal({ domain: tenant.domain(), clientId: client.client_id })});
const answer = await auth0.auth.${path[1]}(${literal({ ...(phoneNumber && { phoneNumber }), ...rest })});
`];
}

function openID(login, ...lines) {
  const issuer = login.known.issuer, more = issuer.startsWith("http:") ? ", { execute: [client.allowInsecureRequests] }" : "";
  const secret = login.client.client_secret;
  return ["openid-client", `import * as client from "openid-client";

const config = await client.discovery(new URL(${literal(issuer)}), ${literal(login.client.client_id)}, ${secret ? literal(secret) : "undefined"}, ${secret ? "undefined" : "client.None()"}${more});
${lines.join("\n")}
`];
}

// Each function is a call: the name of its SDK, and the program.

export function sends(login, body) {
  const { email, phone_number, send, authParams } = body;
  return auth0(login.client, email ? ["passwordless.sendEmail", "passwordlessWithEmail"] : ["passwordless.sendSMS", "passwordlessWithSMS"], { email, phone_number, send, authParams });
}

export function redeems(login, code, asked) {
  return /@/.test(login.user)
    ? auth0(login.client, ["passwordless.loginWithEmail", "loginWithEmail"], { email: login.user, code, ...asked })
    : auth0(login.client, ["passwordless.loginWithSMS", "loginWithSMS"], { phone_number: login.user, code, ...asked });
}

export function signsIn(login, asked) {
  return auth0(login.client, ["oauth.passwordGrant", "passwordRealm"], { username: login.user, password: login.password, realm: login.connection, ...asked });
}

export function startsDevice(login, asked) { return openID(login, `const device = await client.initiateDeviceAuthorization(config, ${literal(asked)});`); }

export function pollsDevice(login, device) { return openID(login, `const tokens = await client.pollDeviceAuthorizationGrant(config, ${literal(device)});`); }

export function leadsToPage(login, query) {
  const { response_type, client_id, ...rest } = Object.fromEntries(query);
  return openID(login, `const address = client.buildAuthorizationUrl(config, ${literal(rest)});`);
}
