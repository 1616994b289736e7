'use client';
import { useState } from 'react';
import { passwordless } from '@auth0/nextjs-auth0/client';

const connection = 'Username-Password-Authentication'; // a database

// The login by a code, without a page of the tenant.
export default function Page() {
  const [authSession, setAuthSession] = useState();
  const [problem, setProblem] = useState('');

  async function submit(form) {
    const [name, value] = [...form][0];
    try {
      if (name === 'email') {
        const challenge = await passwordless.challengeWithEmail({ email: value, connection, allowSignup: true });
        setAuthSession(challenge.authSession);
        setProblem('');
        return;
      }
      await passwordless.loginWithOtp({ authSession, otp: value });
      window.location.assign('/');
    } catch (e) {
      setProblem(e.message);
    }
  }

  const [name, label] = authSession ? ['code', 'Code'] : ['email', 'E-mail address'];
  return (
    <form onSubmit={(event) => { event.preventDefault(); submit(new FormData(event.currentTarget)); }}>
      <label key={name}>{label} <input name={name} required /></label> <button>Continue</button>
      <p role="alert">{problem}</p>
    </form>
  );
}
