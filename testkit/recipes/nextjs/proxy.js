import { auth0 } from './lib/auth0.js';

export const proxy = (request) => auth0.middleware(request); // /auth/login, /auth/callback, /auth/logout

// Not for what belongs to a page: a request of the last page that is answered
// late would renew the session that a logout has just ended.
export const config = { matcher: ['/((?!_next/|favicon.ico).*)'] };
