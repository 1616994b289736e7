// What to paste, for each SDK. Some take a whole URL, and then plain http will
// do; the others want host and port, speak https, and have to trust the
// certificate authority.
import { firstCode, reading } from "./curl.js";
import { audience, connection, domain, firstOf, origin, otpClient } from "./tenant.js";

const TRUST_NODE = "Start Node with NODE_EXTRA_CA_CERTS set to the authority's file: a .env file is read too late.";
const DEVICE = "The device or emulator has to trust the certificate authority, and mockauth0 to listen beyond loopback: --addr :2884.";

const web = (known) => firstOf(known, "regular_web");
const spa = (known) => firstOf(known, "spa", "native");
const native = (known) => firstOf(known, "native");
const issuer = () => `${origin()}/`;

// js is a string of a program, or of a dotenv file that is read as one.
const js = (text) => `'${String(text ?? "").replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n")}'`;
const quoted = (text) => JSON.stringify(String(text ?? ""));
const secret = (client) => client.client_secret || "YOUR_CLIENT_SECRET";

export const SDKS = [
  {
    name: "curl",
    code: (t) => `${firstCode(t)}\n\n# read the code as a test does\n${reading("/_mock/outbox/code?to=ada@example.com&wait=10s")}`,
  },
  {
    name: "React (auth0-react)",
    code: (t) => `<Auth0Provider
  domain=${quoted(origin())}
  clientId=${quoted(spa(t).client_id)}
  useRefreshTokens
  authorizationParams={{
    redirect_uri: window.location.origin,${audience(t) ? `\n    audience: ${js(audience(t))},` : ""}
  }}
>`,
    about: "The domain is the whole URL. Do not pass an issuer: the SDK would make it https.",
  },
  {
    name: "Single-page app (auth0-spa-js)",
    code: (t) => `const auth0 = new Auth0Client({
  domain: ${js(origin())},
  clientId: ${js(spa(t).client_id)},
  useRefreshTokens: true,
  authorizationParams: {
    redirect_uri: window.location.origin,${audience(t) ? `\n    audience: ${js(audience(t))},` : ""}
  },
});`,
    about: "auth0-vue and auth0-angular take the same domain and clientId. The newer APIs of auth0-spa-js want the domain without http://.",
  },
  {
    name: "auth0.js (passwordless)",
    code: (t) => `const webAuth = new auth0.WebAuth({
  domain: ${js(origin())},
  clientID: ${js(otpClient(t).client_id)},
  redirectUri: window.location.origin,
  responseType: 'token id_token',
  overrides: { __tenant: 'acme', __token_issuer: ${js(issuer())} },
});

webAuth.passwordlessStart(
  { connection: ${js(connection(t, "email"))}, send: 'code', email: 'ada@example.com' },
  (err, res) => console.log(err ?? res),
);`,
    about: "Lock takes the same domain and overrides, with configurationBaseUrl set to the domain.",
  },
  {
    name: "Next.js (nextjs-auth0 4)",
    code: (t) => `# .env.local
AUTH0_DOMAIN=${origin()}
AUTH0_CLIENT_ID=${web(t).client_id}
AUTH0_CLIENT_SECRET=${secret(web(t))}
AUTH0_SECRET=6d6f636b61757468306d6f636b61757468306d6f636b61757468306d6f636b61
APP_BASE_URL=http://localhost:3000

// lib/auth0.ts
export const auth0 = new Auth0Client({ allowInsecureRequests: true });`,
    about: "mockauth0 env --for nextjs prints the first part.",
  },
  {
    name: "Auth.js, next-auth",
    code: (t) => `# .env
AUTH_AUTH0_ID=${web(t).client_id}
AUTH_AUTH0_SECRET=${secret(web(t))}
AUTH_AUTH0_ISSUER=${origin()}

// auth.ts
export const { handlers, auth } = NextAuth({ providers: [Auth0] });`,
  },
  {
    name: "Express (express-openid-connect)",
    code: (t) => `app.use(auth({
  issuerBaseURL: ${js(origin())},
  baseURL: 'http://localhost:3000',
  clientID: ${js(web(t).client_id)},
  secret: '6d6f636b61757468306d6f636b61757468306d6f636b61757468306d6f636b61',
  idpLogout: true,
}));`,
  },
  {
    name: "Express API (express-oauth2-jwt-bearer)",
    code: (t) => `app.use(auth({
  issuerBaseURL: ${js(issuer())},
  audience: ${js(audience(t) || "YOUR_API_IDENTIFIER")},
}));`,
  },
  {
    name: "Node (auth0 4 to 6)",
    code: (t) => `// NODE_EXTRA_CA_CERTS=ca.pem node app.js
const auth0 = new AuthenticationClient({
  domain: ${js(domain())},
  clientId: ${js(web(t).client_id)},
  clientSecret: ${js(secret(web(t)))},
});

await auth0.passwordless.sendEmail({ email: 'ada@example.com', send: 'code' });
await auth0.passwordless.loginWithEmail({ email: 'ada@example.com', code, scope: 'openid' });`,
    about: `${TRUST_NODE} From version 7 on, auth0 itself has no AuthenticationClient: import it from 'auth0/legacy'.`,
  },
  {
    name: "Node (@auth0/auth0-auth-js)",
    code: (t) => `// NODE_EXTRA_CA_CERTS=ca.pem node app.js
const auth0 = new AuthClient({
  domain: ${js(domain())},
  clientId: ${js(web(t).client_id)},
  clientSecret: ${js(secret(web(t)))},
});

await auth0.passwordless.sendEmail({ email: 'ada@example.com' });
await auth0.getTokenByPasswordlessEmail({ email: 'ada@example.com', code });`,
    about: TRUST_NODE,
  },
  {
    name: "Go (go-auth0)",
    code: (t) => `// SSL_CERT_FILE=ca.pem go run .
api, err := authentication.New(ctx, ${quoted(domain())},
	authentication.WithClientID(${quoted(web(t).client_id)}),
	authentication.WithClientSecret(${quoted(secret(web(t)))}),
)

api.Passwordless.SendEmail(ctx, passwordless.SendEmailRequest{
	Email: "ada@example.com", Send: "code",
})`,
    about: "Write the domain without https://. macOS and Windows do not read SSL_CERT_FILE: mockauth0 ca install.",
  },
  {
    name: "Go API (go-jwt-middleware, go-oidc)",
    code: () => `provider, err := oidc.NewProvider(ctx, ${quoted(issuer())})`,
    about: "Write the issuer with the slash at the end.",
  },
  {
    name: "Python (auth0-python)",
    code: (t) => `passwordless = Passwordless(
    domain=${quoted(domain())},
    client_id=${quoted(web(t).client_id)},
    client_secret=${quoted(secret(web(t)))},
    protocol=${quoted(new URL(origin()).protocol.replace(":", ""))},
)
passwordless.email("ada@example.com", send="code")`,
    about: "Over https: REQUESTS_CA_BUNDLE=ca.pem.",
  },
  {
    name: "Java (auth0-java)",
    code: (t) => `AuthAPI auth = AuthAPI.newBuilder(
    ${quoted(origin())},
    ${quoted(web(t).client_id)},
    ${quoted(secret(web(t)))}
).build();`,
  },
  {
    name: ".NET (auth0.net)",
    code: () => `var client = new AuthenticationApiClient(new Uri(${quoted(origin())}));`,
    about: "The constructor that takes a string adds https.",
  },
  {
    name: "Android (Auth0.Android)",
    code: (t) => `val account = Auth0.getInstance(
    ${quoted(native(t).client_id)},
    ${quoted(`10.0.2.2${domain().replace(/^.*?(:\d+)?$/, "$1")}`)} // this machine, as the emulator sees it
)
val authentication = AuthenticationAPIClient(account)

authentication.passwordlessWithEmail("ada@example.com", PasswordlessType.CODE)
    .start(callback)`,
    about: DEVICE,
  },
  {
    name: "iOS (Auth0.swift)",
    code: (t) => `Auth0
    .authentication(clientId: ${quoted(native(t).client_id)}, domain: ${quoted(domain())})
    .startPasswordless(email: "ada@example.com", type: .code)
    .start { print($0) }`,
    about: DEVICE,
  },
  {
    name: "React Native, Expo",
    code: (t) => `<Auth0Provider
  domain=${quoted(domain())}
  clientId=${quoted(native(t).client_id)}
>`,
    about: `Write the domain without https://. On the Android emulator it is 10.0.2.2 with the port. ${DEVICE}`,
  },
];
