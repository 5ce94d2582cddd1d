// A real SMTP server for tests: it keeps what it accepts, and refuses, hangs, slows down or drops
// at a step of the protocol when it is told to.
//
// As a module: `startSmtp()`. As a program, for tests in other languages: events are lines of JSON
// on stdout, the first of them the port; orders are lines of JSON on stdin, like
// {"at":"data","do":"drop","times":2}; it ends with its stdin.
import { simpleParser } from 'mailparser';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

/** @param {{ onEvent?: (event: object) => void, key?: string, cert?: string, user?: string, password?: string }} options */
export async function startSmtp({ onEvent = () => {}, key, cert, user, password } = {}) {
  const mails = [];
  const waiting = [];
  /** @type {{ at: string, do: string, code?: number, times: number }[]} */
  const orders = [];

  const drop = (session) => {
    for (const connection of server.connections) if (connection.session?.id === session.id) connection._socket.destroy();
  };
  /** What is ordered at a step; says when it goes on, or that it does not. */
  const step = (at, session, goOn, about = '') => {
    const order = orders.find((o) => o.at === at && o.times > 0);
    if (!order) return goOn();
    order.times -= 1;
    onEvent({ event: 'fault', at, do: order.do });
    if (order.do === 'refuse') return goOn(Object.assign(new Error(`refused at ${at}${about}`), { responseCode: order.code ?? 451 }));
    if (order.do === 'drop') return drop(session);
    if (order.do === 'slow') return setTimeout(goOn, 1_500);
    // 'hang': no answer ever.
  };
  const arrived = (mail) => {
    mails.push(mail);
    onEvent({ event: 'mail', ...mail });
    for (const waiter of waiting.slice()) waiter();
  };

  const server = new SMTPServer({
    secure: false,
    key,
    cert,
    authOptional: !user,
    disabledCommands: key ? [] : ['STARTTLS'],
    allowInsecureAuth: false,
    logger: false,
    onConnect: (session, done) => step('connect', session, done),
    onAuth: (auth, session, done) =>
      step('auth', session, (refused) => {
        if (refused) return done(refused);
        if (auth.username !== user || auth.password !== password) {
          onEvent({ event: 'error' });
          return done(Object.assign(new Error('wrong credentials'), { responseCode: 535 }));
        }
        done(null, { user });
      }),
    onMailFrom: (address, session, done) => step('from', session, done),
    onRcptTo: (address, session, done) => step('rcpt', session, done, `: ${address.address}`),
    onData: (stream, session, done) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        const read = await simpleParser(raw);
        const mail = {
          to: session.envelope.rcptTo.map((r) => r.address),
          from: session.envelope.mailFrom.address,
          secure: session.secure,
          subject: read.subject ?? '',
          id: read.messageId ?? '',
          text: read.text ?? '',
          html: read.html || '',
          headers: read.headerLines.map((h) => h.line),
        };
        step('data', session, (refused) => {
          if (refused) return done(refused);
          arrived(mail);
          // Accepted, and the other side does not hear of it.
          step('accepted', session, () => done());
        });
      });
    },
  });
  // A peer that dies is what some tests are about; one that does not trust us, of others.
  server.on('error', () => key && onEvent({ event: 'error' }));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: server.server.address().port,
    mails,
    order: (order) => orders.push({ times: 1, ...order }),
    /** The first mail that fits, as soon as it is there. */
    wait: (fits, patience = 15_000) =>
      new Promise((found, failed) => {
        const look = () => {
          const mail = mails.find(fits);
          if (!mail) return false;
          clearTimeout(late);
          waiting.splice(waiting.indexOf(look), 1);
          found(mail);
          return true;
        };
        const late = setTimeout(() => failed(new Error(`no such mail; there are: ${mails.map((m) => `${m.to}: ${m.subject}`).join(' | ')}`)), patience);
        waiting.push(look);
        look();
      }),
    close: () => new Promise((closed) => server.close(closed)),
  };
}

if (process.argv[1]?.endsWith('smtp.mjs')) {
  const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
  const [keyFile, certFile, user, password] = process.argv.slice(2);
  const tls = keyFile ? { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') } : {};
  const smtp = await startSmtp({ onEvent: say, ...tls, user, password });
  say({ event: 'port', port: smtp.port });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    smtp.order(JSON.parse(line));
    say({ event: 'ordered' });
  });
  lines.on('close', () => process.exit(0));
}
