// Behind a proxy: the blocks for nginx and the settings that docs/operations.md gives, taken out of that
// page as they stand, carry all that the portal does.
import { request as outside, type APIRequestContext } from '@playwright/test';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as https } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { addUser, enter, expect, EMAIL, freePort, PASSWORD, settled, startServer, test as base, visit } from './fixtures';

const root = resolve(import.meta.dirname, '../..');
const GUIDE = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const NAME = 'benefits.example.com';

/** The block of this language behind a heading of the page. */
function block(heading: string, language: string): string {
  const found = GUIDE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0].split('```' + language + '\n')[1]?.split('```')[0];
  if (!found) throw new Error(`docs/operations.md has no block of ${language} below "${heading}"`);
  return found;
}

/** Plain replacement; what is replaced has to be there. */
function replaced(text: string, words: Record<string, string>): string {
  return Object.entries(words).reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the page does not say ${from} any more`);
    return all.replaceAll(from, to);
  }, text);
}

/** The settings of the page, as variables. */
function settings(port: number): Record<string, string> {
  const lines = replaced(block('The TLS proxy', 'toml'), { [NAME]: `localhost:${port}` }).trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [name, value] = line.split(' = ');
      return [`VORTEIL_${name.toUpperCase()}`, [JSON.parse(value)].flat().join(',')];
    }),
  );
}

/** nginx with the blocks of the page, on ports and with a certificate of this run. */
async function startNginx(folder: string, ports: { http: number; https: number }, upstream: string) {
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  const wanted = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', ...wanted, '-keyout', files.key, '-out', files.cert], { stdio: 'pipe' });
  const site = replaced(block('The TLS proxy', 'nginx'), {
    'listen 80;': `listen 127.0.0.1:${ports.http};`,
    'listen 443 ': `listen 127.0.0.1:${ports.https} `,
    [`server_name ${NAME};`]: 'server_name localhost;',
    [`/etc/ssl/${NAME}.pem`]: files.cert,
    [`/etc/ssl/${NAME}.key`]: files.key,
    'http://127.0.0.1:3000': upstream,
  });
  const own = ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => (name === 'body' ? 'client_body' : name) + `_temp_path ${name};`);
  const whole = [
    'daemon off;',
    // Its workers would be somebody who may not open this folder.
    process.getuid?.() === 0 ? 'user root;' : '',
    'worker_processes 1;',
    'pid nginx.pid;',
    'error_log stderr notice;',
    'events {}',
    `http {\naccess_log off;\n${own.join('\n')}\n${site}}`,
  ];
  writeFileSync(join(folder, 'nginx.conf'), whole.join('\n'));
  const nginx = spawn(process.env.NGINX ?? '/usr/sbin/nginx', ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((ready, failed) => {
    nginx.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('start worker process ')) ready();
    });
    nginx.once('error', failed);
    nginx.once('exit', (code) => failed(new Error(`nginx ended with ${code}: ${said}`)));
  });
  return async () => {
    nginx.removeAllListeners('exit');
    const ended = new Promise((done) => nginx.once('exit', done));
    nginx.kill('SIGTERM');
    await ended;
  };
}

type Behind = { https: string; http: string; direct: string };

const test = base.extend<object, { behind: Behind }>({
  behind: [
    async ({}, use) => {
      const ports = { http: await freePort(), https: await freePort() };
      const server = await startServer(settings(ports.https));
      const folder = mkdtempSync(join(tmpdir(), 'vorteil-nginx-'));
      try {
        const stop = await startNginx(folder, ports, server.url);
        try {
          await use({ https: `https://localhost:${ports.https}`, http: `http://localhost:${ports.http}`, direct: server.url });
        } finally {
          await stop();
        }
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  server: [async ({ behind }, use) => use(behind.https), { scope: 'worker' }],
});
test.use({ ignoreHTTPSErrors: true });
// One worker, and so one proxy.
test.describe.configure({ mode: 'default' });

test('signing in, a form that changes something, and a page that hears of it at once', async ({ page, browser, t, signIn, scripted, server, locale, viewport }) => {
  test.setTimeout(60_000);
  await signIn('anna');
  const [cookie, ...others] = (await page.context().cookies()).filter((c) => c.name.endsWith('vorteil'));
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ name: '__Host-vorteil', secure: true, httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' });
  const heard = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/live');
  await visit(page, '/account/users', scripted);
  expect((await heard).headers()['content-type']).toBe('text/event-stream');
  const other = await (await browser.newContext({ baseURL: server, ignoreHTTPSErrors: true, locale, viewport })).newPage();
  await enter(other, 'ursula', t, scripted);
  const name = await addUser(other, t, 'Petra Proxy', scripted);
  // Well before the stream's own sign of life, which would carry along what a proxy has collected.
  await expect(page.getByRole('main')).toContainText(name);
  await other.context().close();
});

test('a file as large as the page says goes through, and a larger one is refused by the portal', async ({ page, t, signIn, scripted }) => {
  test.setTimeout(90_000);
  const limit = 3 * 1024 * 1024;
  const demo = readFileSync(join(root, 'demo/catalogue.toml'));
  const file = (size: number) => Buffer.concat([demo, Buffer.from('\n#'), Buffer.alloc(size - demo.length - 2, 'x')]);
  const choose = async (size: number) => {
    await visit(page, '/operator/catalogue', scripted);
    await page.locator('input[type=file]').setInputFiles({ name: 'catalogue.toml', mimeType: 'text/plain', buffer: file(size) });
    await page.getByRole('button', { name: t('console.check'), exact: true }).click();
  };
  await signIn('olga');
  await choose(limit + 1);
  await expect(page.getByText(t('told.catalogue_large'))).toBeVisible();
  await choose(limit);
  await expect(page.getByText(t('console.changes_none'))).toBeVisible({ timeout: 30_000 });
  await settled(page, scripted);
  await page.getByRole('button', { name: t('console.discard'), exact: true }).click();
  await expect(page.getByText(t('console.done_discarded'))).toBeVisible();
});

/** What an answer says of itself, but for what belongs to the connection and what is new each time. */
function kept(headers: { name: string; value: string }[]): string[] {
  const ofConnection = ['server', 'date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'x-request-id'];
  return headers
    .filter(({ name }) => !ofConnection.includes(name.toLowerCase()))
    .map(({ name, value }) => `${name.toLowerCase()}: ${value.replace(/'nonce-[^']+'/, "'nonce'").replace(/vorteil=[^;]+/, 'vorteil=token')}`)
    .sort();
}

/** The fields of the sign-in page's form, filled in. */
function filled(html: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes('value="session/sign_in"'))!;
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  return { ...Object.fromEntries(hidden), email: EMAIL.anna, password: PASSWORD };
}

/** The sign-in page and the answer to its form, as a browser sends it that says nothing but its origin. */
async function signedIn(call: APIRequestContext, origin: string): Promise<string[][]> {
  const page = await call.get('/sign-in');
  const answer = await call.post('/sign-in', { form: filled(await page.text()), headers: { origin }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  return [kept(page.headersArray()), kept(answer.headersArray())];
}

test('headers and cookies come through as they were sent, and http leads to https', async ({ behind }) => {
  const through = await outside.newContext({ baseURL: behind.https, ignoreHTTPSErrors: true });
  const direct = await outside.newContext({ baseURL: behind.direct });
  const [page, answer] = await signedIn(through, behind.https);
  expect([page, answer]).toEqual(await signedIn(direct, behind.direct));
  expect(page).toContain('strict-transport-security: max-age=31536000; includeSubDomains');
  expect(answer).toContain('set-cookie: __Host-vorteil=token; Path=/; HttpOnly; SameSite=Lax; Secure');
  const plain = await direct.get(`${behind.http}/sign-in?next=%2Fprofile`, { maxRedirects: 0 });
  expect(plain.status()).toBe(301);
  expect(plain.headers()['location']).toBe('https://localhost/sign-in?next=%2Fprofile');
  await through.dispose();
  await direct.dispose();
});

/** A request from another address of this machine, as if from another machine. */
function fromElsewhere(behind: Behind, address: string, path: string, headers: Record<string, string>, body?: string): Promise<{ cookie: string; text: string }> {
  const { host, port } = new URL(behind.https);
  const options = { host: '127.0.0.1', port, path, localAddress: address, servername: 'localhost', rejectUnauthorized: false };
  return new Promise((done, failed) => {
    const method = body === undefined ? 'GET' : 'POST';
    const call = https({ ...options, method, headers: { host, ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => done({ text, cookie: answer.headers['set-cookie']?.[0].split(';')[0] ?? '' }));
    });
    call.on('error', failed);
    call.end(body);
  });
}

test('the portal knows where somebody comes from, whatever they say themselves', async ({ behind }) => {
  const said = { 'x-forwarded-for': '192.0.2.7' };
  const { text } = await fromElsewhere(behind, '127.0.0.2', '/sign-in', said);
  const form = new URLSearchParams(filled(text)).toString();
  const sent = { ...said, origin: behind.https, 'content-type': 'application/x-www-form-urlencoded' };
  const { cookie } = await fromElsewhere(behind, '127.0.0.2', '/sign-in', sent, form);
  const profile = await fromElsewhere(behind, '127.0.0.2', '/account/profile', { ...said, cookie });
  expect(profile.text).toContain('127.0.0.2');
  expect(profile.text).not.toContain('192.0.2.7');
});
