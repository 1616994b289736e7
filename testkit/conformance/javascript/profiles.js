// Verifies access tokens in the profile of RFC 9068, as its own verifiers do:
//   profiles.js ORIGIN AUDIENCE < TOKENS, one a line
// It prints a line for each way and token: the way, and "accepted" or the error.

import { readFileSync } from 'node:fs';
import bearer from 'express-oauth2-jwt-bearer';
import * as oauth from 'oauth4webapi';

const [origin, audience] = process.argv.slice(2);
const tokens = readFileSync(0, 'utf8').split('\n').filter(Boolean);

const middleware = bearer.auth({ issuer: `${origin}/`, audience, jwksUri: `${origin}/.well-known/jwks.json`, strict: true, tokenSigningAlg: 'RS256' });

function strict(token) {
  const headers = { host: 'localhost', authorization: `Bearer ${token}` };
  const request = { method: 'GET', protocol: 'http', url: '/', headers, query: {}, get: (name) => headers[name.toLowerCase()], is: () => false };
  return new Promise((done, fail) => {
    middleware(request, {}, (error) => (error ? fail(error) : done()));
  });
}

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(`${origin}/`);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));

function validate(token) {
  const request = new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(server, request, audience, insecure);
}

for (const [way, accepts] of Object.entries({ 'express-oauth2-jwt-bearer': strict, oauth4webapi: validate })) {
  for (const token of tokens) {
    const said = await accepts(token).then(() => 'accepted', (error) => error.message);
    console.log(`${way}: ${said}`);
  }
}
