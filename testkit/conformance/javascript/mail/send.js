// What an application does: it sends its own mail, by nodemailer, many in one
// connection.

import nodemailer from 'nodemailer';

const [host, port] = process.env.MAIL_SMTP.split(':');

export const transport = () => nodemailer.createTransport({ host, port: Number(port), pool: true, maxConnections: 1 });

// Sends mails one after the other.
export async function send(...mails) {
  const t = transport();
  try {
    for (const mail of mails) await t.sendMail({ from: '"Shop, Inc." <shop@acme.test>', ...mail });
  } finally {
    t.close();
  }
}

// A recipient that no other test has.
export const recipient = (name) => `${name}-${process.pid}@example.com`;
