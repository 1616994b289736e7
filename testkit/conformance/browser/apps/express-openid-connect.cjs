const express = require("express");
const { auth, requiresAuth } = require("express-openid-connect");
const listen = require("./listen.cjs");

listen((baseURL) => {
  const app = express();
  app.use(auth({
    issuerBaseURL: process.env.ISSUER,
    baseURL,
    clientID: "acme-web",
    secret: "a long secret of the app's own, for its cookies",
    authRequired: false,
    idpLogout: true,
    routes: { login: false },
    ...JSON.parse(process.env.SETTINGS),
  }));
  const page = (status, user) => `<p id="status">${status}</p><p id="organization">${user?.org_id ?? ""} ${user?.org_name ?? ""}</p>`;
  const home = (req, res) => res.send(page(req.oidc.isAuthenticated() ? "signed in as " + req.oidc.user.email : "signed out", req.oidc.user));
  app.get("/", home);
  // An invitation leads here, and a link to one organization.
  app.get("/login", ({ query: { organization, invitation } }, res) => res.oidc.login({
    returnTo: "/", authorizationParams: { ...(organization && { organization }), ...(invitation && { invitation }) },
  }));
  app.get("/userinfo", requiresAuth(), async (req, res) => res.send(`<p id="status">${(await req.oidc.fetchUserInfo()).email}</p>`));
  app.get("/refresh", requiresAuth(), async (req, res) => {
    await req.oidc.accessToken.refresh();
    home(req, res);
  });
  app.use(({ error, error_description: description, message }, req, res, next) => res.send(page(`error ${error}: ${description ?? message}`)));
  return app;
});
