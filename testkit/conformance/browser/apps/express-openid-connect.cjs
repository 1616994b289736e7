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
    ...JSON.parse(process.env.SETTINGS),
  }));
  app.get("/", (req, res) => res.send(`<p id="status">${req.oidc.isAuthenticated() ? "signed in as " + req.oidc.user.email : "signed out"}</p>`));
  app.get("/userinfo", requiresAuth(), async (req, res) => res.send(`<p id="status">${(await req.oidc.fetchUserInfo()).email}</p>`));
  return app;
});
