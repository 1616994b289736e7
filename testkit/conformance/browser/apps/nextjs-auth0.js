// What nextjs-auth0 has for the browser: it calls the routes of the app's server.
import { getAccessToken, mfa } from "@auth0/nextjs-auth0/client";

window.auth0 = { getAccessToken, mfa };
