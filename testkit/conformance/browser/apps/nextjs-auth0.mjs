// nextjs-auth0 without Next's own server: what stands between a request and the SDK
// there is in answer. The packages are those of the recipe.
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import listen from "./listen.cjs";

const recipe = createRequire(new URL("../../../recipes/nextjs/", import.meta.url));
const load = (name) => import(pathToFileURL(recipe.resolve(name)));
const { NextRequest, NextResponse } = recipe("next/server.js");
const { Auth0Client } = await load("@auth0/nextjs-auth0/server");
const { MfaRequiredError } = await load("@auth0/nextjs-auth0/errors");
const audience = "https://api.acme.test/";
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
    authorizationParameters: { audience, scope: "openid profile email offline_access" },
    onCallback: async (error, { returnTo }) => (error ? status(`error ${error.cause?.code}: ${error.cause?.message ?? error.message}`) : NextResponse.redirect(new URL(returnTo ?? "/", appBaseUrl))),
  });
  const status = (text, user) => new NextResponse(
    `<p id="status">${text}</p><p id="organization">${user?.org_id ?? ""} ${user?.org_name ?? ""}</p><script src="${process.env.SCRIPT}"></script>`, { headers: { "content-type": "text/html" } });

  async function page(request) {
    const session = await auth0.getSession(request);
    if (request.nextUrl.pathname === "/") return status(session ? "signed in as " + session.user.email : "signed out", session?.user);
    const { token } = await auth0.getAccessToken(request, new NextResponse(), { audience, refresh: true });
    if (request.nextUrl.pathname === "/refresh") return status("signed in as " + session.user.email, JSON.parse(atob(token.split(".")[1])));
    const fetcher = await auth0.createFetcher(request, { baseUrl: process.env.API });
    const answer = await fetcher.fetchWithAuth("/orders");
    return status(answer.status + " " + JSON.parse(atob(token.split(".")[1])).cnf?.jkt.length);
  }

  // refused hands the mfa_token to the page, which lets the user give the second factor.
  function refused(error) {
    if (error instanceof MfaRequiredError) return NextResponse.json(error.toJSON(), { status: 403 });
    throw error;
  }

  return async (req, res) => {
    const body = req.method === "POST" ? Readable.toWeb(req) : undefined;
    const request = new NextRequest(appBaseUrl + req.url, { method: req.method, headers: req.headers, body, duplex: "half" });
    const handled = await auth0.middleware(request);
    const answer = request.nextUrl.pathname.startsWith("/auth/") ? handled : await page(request).catch(refused);
    res.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text());
  };
});
