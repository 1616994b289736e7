const express = require("express");
const session = require("express-session");
const passport = require("passport");
const Auth0Strategy = require("passport-auth0");
const listen = require("./listen.cjs");

listen((baseURL) => {
  passport.use(new Auth0Strategy(
    { domain: process.env.DOMAIN, clientID: "acme-web", clientSecret: "acme-web-secret", callbackURL: baseURL + "/callback" },
    (accessToken, refreshToken, extraParams, profile, done) => done(null, profile),
  ));
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser((user, done) => done(null, user));
  const app = express();
  app.use(session({ secret: "of the app's own", resave: false, saveUninitialized: false }));
  app.use(passport.initialize());
  app.use(passport.session());
  app.get("/login", passport.authenticate("auth0", { scope: "openid email profile" }));
  app.get("/callback", passport.authenticate("auth0", { successRedirect: "/", failureRedirect: "/failed" }));
  app.get("/", (req, res) => res.send(`<p id="status">${req.user ? "signed in as " + req.user.emails[0].value + " by " + req.user.provider : "signed out"}</p>`));
  app.get("/failed", (req, res) => res.send('<p id="status">failed</p>'));
  app.get("/logout", (req, res) => req.session.destroy(() => res.redirect(
    `https://${process.env.DOMAIN}/v2/logout?${new URLSearchParams({ client_id: "acme-web", returnTo: baseURL + "/" })}`)));
  return app;
});
