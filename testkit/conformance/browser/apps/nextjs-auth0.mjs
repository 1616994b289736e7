// nextjs-auth0 without Next's own server: what stands between a request and the SDK
// there is in answer. The packages are those of the recipe.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import listen from "./listen.cjs";

const recipe = createRequire(new URL("../../../recipes/nextjs/", import.meta.url));
const load = (name) => import(pathToFileURL(recipe.resolve(name)));
const { NextRequest, NextResponse } = recipe("next/server.js");
const { Auth0Client } = await load("@auth0/nextjs-auth0/server");
const dpopKeyPair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);

listen((appBaseUrl) => {
  const auth0 = new Auth0Client({
    appBaseUrl,
    domain: process.env.TENANT,
    clientId: "acme-web",
    clientSecret: "acme-web-secret",
    secret: "a long secret of the app's own, for its cookies",
    allowInsecureRequests: true,
    useDPoP: true,
    dpopKeyPair,
    authorizationParameters: { audience: "https://api.acme.test/", scope: "openid profile email offline_access" },
  });
  const status = (text) => new NextResponse(`<p id="status">${text}</p>`, { headers: { "content-type": "text/html" } });

  async function page(request) {
    const session = await auth0.getSession(request);
    if (request.nextUrl.pathname !== "/orders") return status(session ? "signed in as " + session.user.email : "signed out");
    const { token } = await auth0.getAccessToken(request, new NextResponse(), { refresh: true });
    const fetcher = await auth0.createFetcher(request, { baseUrl: process.env.API });
    const answer = await fetcher.fetchWithAuth("/orders");
    return status(answer.status + " " + JSON.parse(atob(token.split(".")[1])).cnf?.jkt.length);
  }

  return async (req, res) => {
    const request = new NextRequest(appBaseUrl + req.url, { method: req.method, headers: req.headers });
    const handled = await auth0.middleware(request);
    const answer = request.nextUrl.pathname.startsWith("/auth/") ? handled : await page(request);
    res.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text());
  };
});
