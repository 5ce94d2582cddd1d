// A server per worker, words by language, and a page that fails the test when its console does.
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const PASSWORD = 'Vorteil-demo-2026';

export type Person = 'anna' | 'ursula' | 'adam' | 'marta' | 'emil' | 'gina' | 'nora' | 'olga';
export const EMAIL: Record<Person, string> = {
  anna: 'anna.global@contoso.example',
  ursula: 'ursula.user@contoso.example',
  adam: 'adam.agent@contoso.example',
  marta: 'marta.mpn@contoso.example',
  emil: 'emil.employee@contoso.example',
  gina: 'gina.global@fabrikam.example',
  nora: 'nora.new@northwind.example',
  olga: 'olga.operator@programme.example',
};

/** The sentences of the interface, from the files that the program itself is built from. */
export type Words = (key: string, values?: Record<string, string>) => string;
function words(language: 'en' | 'de'): Words {
  const slices = new Map<string, Record<string, string>>();
  return (key, values = {}) => {
    const [slice, name] = key.split('.');
    if (!slices.has(slice)) {
      slices.set(slice, JSON.parse(readFileSync(join(root, 'app/locales', language, `${slice}.json`), 'utf8')));
    }
    const text = slices.get(slice)![name];
    if (text === undefined) throw new Error(`no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, v) => values[v] ?? `{${v}}`);
  };
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}

async function start(folder: string, env: Record<string, string> = {}, port = 0): Promise<{ url: string; process: ChildProcess; port: number }> {
  port ||= await freePort();
  const server = spawn(join(target, 'debug/vorteil'), ['serve', '--demo', '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    env: { ...process.env, VORTEIL_SITE: join(root, 'target/site'), VORTEIL_LOG_FILTER: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = `http://127.0.0.1:${port}`;
  await new Promise<void>((ready, failed) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Vorteil is ready')) ready();
    };
    server.stdout!.on('data', listen);
    server.stderr!.on('data', listen);
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { url, process: server, port };
}

/** A server on a database of its own, which can be stopped or killed and started again in its place. */
export async function startServer(env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vorteil-e2e-'));
  let running = await start(folder, env);
  const end = async (signal: NodeJS.Signals) => {
    running.process.removeAllListeners('exit');
    const ended = new Promise((done) => running.process.once('exit', done));
    running.process.kill(signal);
    await ended;
  };
  return {
    url: running.url,
    restart: async (signal: NodeJS.Signals) => {
      await end(signal);
      running = await start(folder, env, running.port);
    },
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Fixtures = { forgiven: RegExp[]; t: Words; language: 'en' | 'de'; scripted: boolean; signIn: (who: Person, page?: Page, scripts?: boolean) => Promise<void>; watch: void };
type WorkerFixtures = { server: string };

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const running = await startServer();
      await use(running.url);
      await running.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server),
  language: async ({ locale }, use) => use(locale?.startsWith('de') ? 'de' : 'en'),
  t: async ({ language }, use) => use(words(language)),
  scripted: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),
  // What a test knows that the console will say.
  forgiven: async ({}, use) => use([]),
  // A console error or a failed script fails any test. Of an address that was gone to, or a form that
  // was sent, an answer of 40x is the page; anything else that a page asks for has to be there.
  watch: [
    async ({ context, forgiven }, use) => {
      const wrong: string[] = [];
      const note = (text: string) => {
        if (!forgiven.some((words) => words.test(text))) wrong.push(text);
      };
      const pages = new Set<string>();
      // Where in a page is no part of what was asked for.
      const bare = (url: string) => url.split('#')[0];
      context.on('request', (request) => {
        if (request.isNavigationRequest()) pages.add(bare(request.url()));
      });
      context.on('console', (m) => {
        const { url } = m.location();
        // A test that stops the server, or takes the browser off the net, ends the stream of events.
        if (/^Failed to load resource: net::ERR_/.test(m.text()) && /\/live\?/.test(url)) return;
        if (/ERR_INTERNET_DISCONNECTED/.test(m.text())) return;
        // What a page asks for by a call, and is refused in words, it knows.
        const isKnown = pages.has(bare(url)) || /\/api\/[a-z_]+\/(reveal_keys|assign_file|save_draft)$/.test(url);
        if (/Failed to load resource: .* 4[0-9][0-9]/.test(m.text()) && isKnown) return;
        if (m.type() === 'error') note(m.text() + ' ' + url);
      });
      context.on('weberror', (e) => note(String(e.error())));
      await use();
      expect(wrong, 'the console is silent').toEqual([]);
    },
    { auto: true },
  ],
  signIn: async ({ page, t, scripted }, use) => {
    await use(async (who, on = page, scripts = scripted) => enter(on, who, t, scripts));
  },
});

/** Signs somebody in, on whichever server the page is of. */
export async function enter(page: Page, who: Person, t: Words, scripted: boolean) {
  await page.goto('/sign-in');
  await page.getByLabel(t('sign_in.email')).fill(EMAIL[who]);
  await page.getByLabel(t('sign_in.password')).fill(PASSWORD);
  await page.getByRole('button', { name: t('sign_in.submit'), exact: true }).click();
  await expect(page).toHaveURL(/\/$/);
  await settled(page, scripted);
}

/** Waits until WebAssembly has taken the page over, where it does: pages before the sign-in and
 * answers to forms carry none. */
export async function settled(page: Page, scripted: boolean) {
  if (scripted && (await page.locator('head script[type=module]').count()) > 0) await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
}

/** Goes to a page and waits until it is whole. */
export async function visit(page: Page, path: string, scripted: boolean) {
  const answer = await page.goto(path);
  await settled(page, scripted);
  return answer!;
}

/** Follows a link of the menu, and waits for the page with that heading alone. */
export async function go(page: Page, t: Words, link: string, heading = link) {
  await page.getByRole('navigation', { name: t('shell.menu') }).getByRole('link', { name: t(link), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText([t(heading)]);
}

let added = 0;
/** Adds a person to the signed-in company and gives their name, which nobody else has. */
export async function addUser(page: Page, t: Words, name: string, scripted: boolean): Promise<string> {
  added += 1;
  const whole = `${name} ${process.pid}x${added}`;
  await visit(page, '/account/users/new', scripted);
  await page.getByLabel(t('users.name'), { exact: true }).fill(whole);
  await page.getByLabel(t('users.email'), { exact: true }).fill(`${whole.toLowerCase().replace(/[^a-z0-9]/g, '.')}@contoso.example`);
  await page.getByRole('button', { name: t('people.add'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('users.added_title', { name: whole }) })).toBeVisible();
  return whole;
}

/** Picks somebody: finds them by name, then chooses them in the list. */
export async function pick(page: Page, t: Words, name: string, scripted: boolean, label = 'seats.select') {
  await page.getByLabel(t('people.find'), { exact: true }).fill(name);
  if (!scripted) await page.locator('.pick').getByRole('button', { name: t('people.find_submit'), exact: true }).click();
  await choose(page.getByLabel(t(label), { exact: true }), name);
}

/** Chooses the person of this name, once they are in the list. */
export async function choose(select: Locator, name: string) {
  const option = select.getByRole('option', { name: new RegExp(name) });
  await expect(option).toBeAttached();
  await select.selectOption((await option.getAttribute('value'))!);
  await expect(select.locator('option:checked')).toHaveText(new RegExp(name));
}

/** No sideways scrolling, and nothing that axe finds. */
export async function isSound(page: Page, scripted: boolean) {
  expect(await page.locator('html').getAttribute('lang')).toMatch(/^(en|de)$/);
  if (!scripted) return; // axe is a script itself
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(width, 'the page scrolls sideways').toBeLessThanOrEqual(0);
  const loose = await page.locator('main').evaluate((main) => [...main.querySelectorAll('*')].filter((e) => getComputedStyle(e).position === 'fixed').length);
  expect(loose, 'nothing of the page lies over the rest of it').toBe(0);
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

export { expect };
