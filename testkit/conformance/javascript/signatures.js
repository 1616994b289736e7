// Verifies a sample of tokens in the ways of Node:
//   signatures.js FOLDER KEYS-URL ISSUER AUDIENCE

import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import bearer from 'express-oauth2-jwt-bearer';
import * as jose from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import jwksRSA from 'jwks-rsa';

const [folder, keysURL, issuer, audience] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8');
const lines = (name) => read(name).split('\n').filter(Boolean);
const { keys } = JSON.parse(read('jwks.json'));
const tokens = lines('tokens.txt');
const tampered = lines('tampered.txt').map((line) => line.split('\t'));

const pem = (key) => `-----BEGIN CERTIFICATE-----\n${key.x5c[0].match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
const byKid = (entry) => new Map(keys.map((key) => [key.kid, entry(key)]));
const kidOf = (token) => JSON.parse(Buffer.from(token.split('.', 1)[0], 'base64url')).kid;
const expected = { issuer, audience, algorithms: ['RS256'] };

function must(holds, what) {
  if (!holds) throw new Error(what);
}

function plain(publicKeys) {
  return (token) => {
    const [header, payload, signature] = token.split('.');
    must(
      verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), publicKeys.get(kidOf(token)), Buffer.from(signature, 'base64url')),
      'the signature is wrong',
    );
  };
}

const jwk = byKid((key) => createPublicKey({ key, format: 'jwk' }));

// A certificate that has signed itself, for the key of the set.
function certified(key) {
  const cert = new X509Certificate(Buffer.from(key.x5c[0], 'base64'));
  must(cert.verify(cert.publicKey) && cert.checkIssued(cert), 'the certificate has not signed itself');
  must(cert.publicKey.equals(jwk.get(key.kid)), "the certificate is another key's");
  return cert.publicKey;
}

const imported = new Map(await Promise.all(keys.map(async (key) => [key.kid, await jose.importX509(pem(key), 'RS256')])));
const local = jose.createLocalJWKSet({ keys });
const remote = jose.createRemoteJWKSet(new URL(keysURL));
const client = new jwksRSA.JwksClient({ jwksUri: keysURL });
const findKey = ({ kid }, done) => client.getSigningKey(kid).then((key) => done(null, key.getPublicKey()), done);
const jsonwebtokenVerify = promisify(jsonwebtoken.verify);
const middleware = bearer.auth({ issuer, audience, jwksUri: keysURL, tokenSigningAlg: 'RS256' });

// An API's request, as far as the middleware looks at it.
const request = (token) => {
  const headers = { host: 'localhost', authorization: `Bearer ${token}` };
  return { method: 'GET', protocol: 'http', url: '/', headers, query: {}, get: (name) => headers[name.toLowerCase()], is: () => false };
};

const ways = {
  'node:crypto, JWK': plain(jwk),
  'node:crypto, x5c': plain(byKid(certified)),
  'jose, local key set': (token) => jose.jwtVerify(token, local, expected),
  'jose, remote key set': (token) => jose.jwtVerify(token, remote, expected),
  'jose, x5c': (token) => jose.jwtVerify(token, ({ kid }) => imported.get(kid), expected),
  'jsonwebtoken with jwks-rsa': (token) => jsonwebtokenVerify(token, findKey, expected),
  'express-oauth2-jwt-bearer': (token) =>
    new Promise((done, fail) => {
      middleware(request(token), {}, (error) => (error ? fail(error) : done()));
    }),
};

for (const [way, accepts] of Object.entries(ways)) {
  const wrong = [];
  let accepted = 0;
  for (const token of tokens) {
    try {
      await accepts(token);
      accepted++;
    } catch (error) {
      wrong.push(`${error}: ${token}`);
    }
  }
  let refused = 0;
  for (const [token, kind] of tampered) {
    try {
      await accepts(token);
      wrong.push(`accepts a token ${kind}`);
    } catch {
      refused++;
    }
  }
  console.log(`${way}: ${accepted} accepted, ${refused} refused`);
  if (wrong.length > 0) console.error(`${way}: ${wrong[0]}`);
}
