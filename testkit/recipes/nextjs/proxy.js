import { auth0 } from './lib/auth0.js';

export const proxy = (request) => auth0.middleware(request); // /auth/login, /auth/callback, /auth/logout
