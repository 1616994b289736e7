import { Auth0Client } from '@auth0/nextjs-auth0/server';

// The tenant's settings come from the environment: mockauth0 exec --for nextjs
// sets AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET and AUTH0_SECRET.
export const auth0 = new Auth0Client({
  allowInsecureRequests: process.env.NODE_ENV !== 'production', // the tenant is on http
});
