// Exchanges a token of an older system by npm @auth0/auth0-auth-js. The Action verifies it
// by npm jsonwebtoken. TestActionsBySDKs runs it.

import assert from 'node:assert/strict';
import { AuthClient } from '@auth0/auth0-auth-js';
import jwt from 'jsonwebtoken';
import { client } from './mock.js';

const auth = new AuthClient(client);
const sign = (key) => jwt.sign({ email: 'grace@acme.test' }, key, { subject: 'grace', audience: 'legacy', expiresIn: 60 });
const exchange = (subjectToken) => auth.exchangeToken({ subjectToken, subjectTokenType: 'urn:acme:legacy-token', scope: 'openid profile email', audience: 'https://api.acme.test/' });

const tokens = await exchange(sign('a key of the older system'));
const claims = jwt.decode(tokens.idToken);
assert.equal(claims.sub, 'email|grace');
assert.equal(claims.email, 'grace@acme.test');
assert.equal(claims['https://acme.test/price'], 0); // the Action of post-login ran, too
assert.equal(tokens.issuedTokenType, 'urn:ietf:params:oauth:token-type:access_token');
await assert.rejects(exchange(sign('another key')), ({ cause }) => cause.error === 'invalid_request' && cause.error_description === 'invalid signature');
