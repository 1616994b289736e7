// The app of spa.html on auth0-react. Its client has the names of auth0-spa-js, too.
import { createRoot } from "react-dom/client";
import { Auth0Provider, useAuth0 } from "@auth0/auth0-react";

const { authorizationParams, ...settings } = JSON.parse(localStorage.settings ?? "{}");

function App() {
  const client = useAuth0();
  window.client = { ...client, getTokenSilently: client.getAccessTokenSilently };
  const status = client.isLoading ? "starting" : client.error ? "error " + client.error.message : client.user ? "signed in as " + client.user.email : "signed out";
  return <p id="status">{status}</p>;
}

if (settings.domain) {
  createRoot(document.querySelector("main")).render(
    <Auth0Provider clientId="acme-spa" {...settings} authorizationParams={{ redirect_uri: location.origin + "/react.html", ...authorizationParams }}>
      <App />
    </Auth0Provider>,
  );
}
