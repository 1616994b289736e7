// An API for the pages of any origin, which takes access tokens with a DPoP proof alone.
const express = require("express");
const { auth } = require("express-oauth2-jwt-bearer");
const listen = require("./listen.cjs");

listen(() => {
  const app = express();
  app.use((req, res, next) => {
    res.set({ "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization, dpop" });
    if (req.method === "OPTIONS") res.status(204).end();
    else next();
  });
  app.use(auth({ issuerBaseURL: process.env.ISSUER, audience: "https://api.acme.test/", dpop: { required: true } }));
  app.get("/orders", (req, res) => res.json({ by: req.auth.payload.sub }));
  app.use((error, req, res, next) => res.status(error.status).set(error.headers).end());
  return app;
});
