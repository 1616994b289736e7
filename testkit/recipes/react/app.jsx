// A page that signs in by auth0-react: in your project, your own. Its settings
// are those that Vite would put in: mockauth0 exec --for vite sets them.

import { createRoot } from 'react-dom/client';
import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';

const { VITE_AUTH0_DOMAIN, VITE_AUTH0_CLIENT_ID, VITE_AUTH0_AUDIENCE, VITE_CACHE } = import.meta.env;

function App() {
  const { isLoading, isAuthenticated, error, user, loginWithRedirect, logout } = useAuth0();
  if (isLoading) return <h1>Loading</h1>;
  if (error) return <h1>{error.message}</h1>;
  if (!isAuthenticated) {
    return (
      <>
        <h1>Signed out</h1>
        <button onClick={() => loginWithRedirect()}>Log in</button>
      </>
    );
  }
  return (
    <>
      <h1>Signed in as {user.email}</h1>
      <button onClick={() => logout({ logoutParams: { returnTo: location.origin } })}>Log out</button>
    </>
  );
}

createRoot(document.querySelector('main')).render(
  <Auth0Provider
    domain={VITE_AUTH0_DOMAIN}
    clientId={VITE_AUTH0_CLIENT_ID}
    cacheLocation={VITE_CACHE}
    authorizationParams={{ redirect_uri: location.origin, audience: VITE_AUTH0_AUDIENCE }}
  >
    <App />
  </Auth0Provider>,
);
