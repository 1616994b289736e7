// Tokens as one reads them: decoded, explained, and checked.

const EXPLAINED = {
  iss: "who issued the token", sub: "the id of the user, or of the client", aud: "for whom the token is", azp: "the client that asked for it",
  iat: "issued at", exp: "expires at", nbf: "not valid before", auth_time: "when the user signed in", nonce: "what the app sent to /authorize",
  scope: "what the token allows", permissions: "what the user may do at the API", gty: "the grant that led to the token", sid: "the session of the browser",
  email: "the e-mail address", email_verified: "whether the address is verified", name: "the name", nickname: "the nickname", picture: "a picture",
  updated_at: "when the user was last changed", org_id: "the organization", org_name: "the name of the organization", jti: "the id of the token",
  phone_number: "the phone number", phone_number_verified: "whether the number is verified", at_hash: "binds the access token", c_hash: "binds the code", amr: "how the user signed in", acr: "how strong the login was",
  client_id: "the client that asked for it", act: "who acts for the user", cnf: "the key that the token is bound to",
};

const TIMES = new Set(["iat", "exp", "nbf", "auth_time"]);

// explain is what a claim says, in words.
export function explain(name, value) {
  const time = TIMES.has(name) && Number.isFinite(value) ? ` (${new Date(value * 1000).toISOString()})` : "";
  return (EXPLAINED[name] ?? "a claim of your own") + time;
}

function bytes(text) { return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)); }

// decode is the header and the claims of a JWT; null for any other text.
export function decode(token) {
  try {
    const [head, body, signature, more] = token.split(".");
    if (!signature || more !== undefined) return null;
    const json = (part) => JSON.parse(new TextDecoder().decode(bytes(part)));
    return { header: json(head), claims: json(body) };
  } catch {
    return null;
  }
}

// verify tells in words whether a key of the tenant's set has signed a token.
export async function verify(token, origin) {
  const { header } = decode(token);
  if (header.alg !== "RS256") return `signed with ${header.alg}, whose secret the page does not have`;
  if (!crypto.subtle) return "not checked: a browser checks signatures only over https and on localhost";
  const { keys } = await (await fetch(`${origin}/.well-known/jwks.json`)).json();
  const key = keys.find(({ kid }) => kid === header.kid);
  if (!key) return `no key of the set has the id ${header.kid}`;
  const at = token.lastIndexOf(".");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const own = await crypto.subtle.importKey("jwk", { kty: key.kty, n: key.n, e: key.e }, algorithm, false, ["verify"]);
  const right = await crypto.subtle.verify(algorithm, own, bytes(token.slice(at + 1)), new TextEncoder().encode(token.slice(0, at)));
  return right ? "the signature is right" : "the signature is wrong";
}
