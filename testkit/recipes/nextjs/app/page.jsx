import { auth0 } from '../lib/auth0.js';

export default async function Page() {
  const session = await auth0.getSession();
  return (
    <>
      <h1>{session ? `Signed in as ${session.user.email}` : 'Signed out'}</h1>
      {session ? <a href="/auth/logout">Log out</a> : <a href="/auth/login">Log in</a>}
    </>
  );
}
