// A whole year, on PostgreSQL and with a clock that is put forward: a package is published, bought,
// paid, used, ends soon, is renewed; one order is not given back, another is. What the pages say is
// compared with what the database has.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Page } from '@playwright/test';
import { enter, expect, isSound, settled, startServer, test, visit, EMAIL } from './fixtures';

const DEMO = readFileSync(join(resolve(import.meta.dirname, '../..'), 'demo/catalogue.toml'), 'utf8');
const STARTER = `
[[package]]
code = "starter"
name = { en = "Starter", de = "Starter" }
label = { en = "Starter", de = "Starter" }
summary = { en = "A first year.", de = "Ein erstes Jahr." }
price = "99.00"
currency = "USD"
not_with = []

[[package.item]]
product = "visio-professional-2019"
quantity = 1

[[package.item]]
product = "visual-studio-enterprise"
quantity = 2
`;
const DAY = 86_400;

/** A database of this test's own. */
async function database() {
  const server = process.env.VORTEIL_TEST_POSTGRES;
  if (!server) throw new Error('This test needs PostgreSQL: eval "$(scripts/postgres.sh start)"');
  const name = `year_${process.pid}_${Date.now()}`;
  const admin = new pg.Client({ connectionString: `${server}/postgres` });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = `${server}/${name}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    url,
    rows: async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows,
    drop: async () => {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

test('a whole year, from the first package to its renewal', async ({ browser, t, scripted, language, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(240_000);
  const db = await database();
  const folder = mkdtempSync(join(tmpdir(), 'vorteil-year-'));
  const clock = join(folder, 'clock');
  writeFileSync(clock, '0');
  const server = await startServer({ VORTEIL_DEMO_CLOCK: clock, VORTEIL_DATABASE_URL: db.url });
  const options = { baseURL: server.url, locale, viewport, javaScriptEnabled };
  const page = async () => (await browser.newContext(options)).newPage();
  const [nora, olga] = [await page(), await page()];
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead * 1000);
  /** Puts the clock forward; sessions end on the way. */
  const goOn = async (days: number) => {
    ahead += days * DAY;
    writeFileSync(clock, String(ahead));
    await enter(nora, 'nora', t, scripted);
    await enter(olga, 'olga', t, scripted);
  };
  const money = (amount: string) => (language === 'de' ? `${amount.replace('.', ',')} USD` : `${amount} USD`);

  const order = async (code: string) => {
    await visit(nora, `/membership/offers/${code}`, scripted);
    if (!(await nora.getByLabel(t('membership.country'), { exact: true }).inputValue())) {
      await nora.getByLabel(t('membership.address'), { exact: true }).fill('Quay 1');
      await nora.getByLabel(t('membership.country'), { exact: true }).fill('Germany');
    }
    await nora.getByRole('button', { name: t('membership.place_order'), exact: true }).click();
    await expect(nora.getByText(t('membership.done_placed'))).toBeVisible();
    return { path: new URL(nora.url()).pathname, number: (await nora.getByRole('heading', { level: 1 }).innerText()).match(/V-\d{4}-\d{5}/)![0] };
  };
  const transfer = async (amount: string, button: string) => {
    await olga.getByLabel(t('console.amount'), { exact: true }).fill(amount);
    await olga.getByLabel(t('console.day'), { exact: true }).fill(now().toISOString().slice(0, 10));
    await olga.getByLabel(t('console.reference'), { exact: true }).fill('TX 1');
    await olga.getByRole('button', { name: t(button), exact: true }).click();
  };
  const pay = async (number: string, amount: string) => {
    await visit(olga, '/operator/queue?kind=payment', scripted);
    await olga.getByRole('link', { name: new RegExp(number) }).click();
    await expect(olga.getByRole('heading', { level: 3, name: t('console.payment_title') })).toBeVisible();
    await settled(olga, scripted);
    await transfer(amount, 'console.payment_record');
    await expect(olga.getByText(t('console.done_paid'))).toBeVisible();
  };

  // The programme publishes a package of its own.
  await enter(olga, 'olga', t, scripted);
  await visit(olga, '/operator/catalogue', scripted);
  await olga.locator('input[type=file]').setInputFiles({ name: 'catalogue.toml', mimeType: 'text/plain', buffer: Buffer.from(DEMO + STARTER) });
  await olga.getByRole('button', { name: t('console.check'), exact: true }).click();
  await olga.getByRole('button', { name: t('console.publish'), exact: true }).click();
  await expect(olga.getByText(t('console.done_published'))).toBeVisible();
  // Northwind has no Global admin: Nora asks, the operator decides.
  await enter(nora, 'nora', t, scripted);
  await visit(nora, '/benefits/global-admin', scripted);
  await nora.getByRole('button', { name: t('global_admin.request') }).click();
  await expect(nora.getByText(t('global_admin.done_requested'))).toBeVisible();
  await visit(olga, '/operator/queue?kind=role_request', scripted);
  await olga.getByRole('row').filter({ hasText: 'Northwind' }).getByRole('link').first().click();
  await olga.getByRole('button', { name: t('global_admin.approve_of', { name: 'Nora New' }) }).click();
  await expect(olga.getByText(t('operator.done_approved'))).toBeVisible();

  // Bought, paid, used: a key is seen, a seat given.
  const starter = await order('starter');
  await isSound(nora, scripted);
  await expect(nora.getByText(money('99.00')).first()).toBeVisible();
  await pay(starter.number, '99.00');
  const action = await order('action-pack');
  await pay(action.number, '475.00');
  await visit(nora, '/benefits/software', scripted);
  const visio = nora.getByRole('row').filter({ hasText: 'Visio Professional 2019' }).filter({ hasText: 'Starter' });
  await visio.getByRole('button').first().click();
  await nora.getByRole('button', { name: t('software.get_keys'), exact: true }).click();
  await nora.getByRole('button', { name: t('software.confirm'), exact: true }).click();
  await expect(nora.getByText(/DEMO\d/).first()).toBeVisible();
  await visit(nora, '/benefits/visual-studio', scripted);
  await nora.getByRole('row').filter({ hasText: 'Visual Studio Enterprise' }).getByRole('button').first().click();
  await nora.getByLabel(t('people.find'), { exact: true }).fill('Nora');
  if (!scripted) await nora.locator('.pick').getByRole('button', { name: t('people.find_submit'), exact: true }).click();
  const choice = nora.getByLabel(t('seats.select'), { exact: true });
  await expect(choice.getByRole('option', { name: /Nora New/ })).toBeAttached();
  await choice.selectOption((await choice.getByRole('option', { name: /Nora New/ }).getAttribute('value'))!);
  await nora.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(nora.getByText(t('seats.done_assigned'))).toBeVisible();

  // One order cannot be given back any more, and says why; the other can.
  await visit(nora, starter.path, scripted);
  await expect(nora.getByText(new RegExp(t('membership.why_key', { product: 'Visio Professional 2019', name: 'Nora New', date: '.+' })))).toBeVisible();
  await isSound(nora, scripted);
  await visit(nora, `${action.path}/cancellation`, scripted);
  await nora.getByLabel(t('membership.cancel_reason'), { exact: true }).fill('One is enough.');
  await nora.getByRole('button', { name: t('membership.cancel_submit'), exact: true }).click();
  await expect(nora.getByText(t('membership.done_requested'))).toBeVisible();
  await visit(olga, '/operator/queue?kind=cancellation', scripted);
  await olga.getByRole('row').filter({ hasText: 'Action Pack' }).getByRole('link').first().click();
  await expect(olga.getByRole('heading', { level: 3, name: t('console.approve_title') })).toBeVisible();
  await settled(olga, scripted);
  await transfer('475.00', 'console.approve');
  await expect(olga.getByText(t('console.done_refunded'))).toBeVisible();

  // Eleven months later: a reminder has come, and the window is open.
  await goOn(340);
  await expect(async () => {
    await visit(olga, '/operator/outbox', scripted);
    await expect(olga.getByRole('row').filter({ hasText: EMAIL.nora }).filter({ hasText: t('outbox.kind_reminders') })).not.toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  await visit(nora, '/', scripted);
  await nora.getByRole('link', { name: t('dashboard.renew_of', { name: 'Starter' }) }).click();
  await expect(nora.getByRole('heading', { level: 1, name: t('membership.renew_title', { name: 'Starter' }) })).toBeVisible();
  const renewal = await order('starter');
  await pay(renewal.number, '99.00');
  await visit(nora, renewal.path, scripted);
  await expect(nora.getByText(t('membership.state_upcoming'), { exact: true })).toBeVisible();

  // The anniversary: the next year begins by itself, and the seat is carried over.
  await goOn(26);
  await expect(async () => {
    await visit(nora, renewal.path, scripted);
    await expect(nora.getByText(t('membership.state_active'), { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  // The job of the minute carries the seats over and ends the old year.
  await expect(async () => {
    await visit(nora, starter.path, scripted);
    await expect(nora.getByText(t('membership.state_over'), { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 80_000 });

  // What the database has.
  const company = (await db.rows("SELECT id FROM companies WHERE name = 'Northwind'"))[0].id;
  const paid = await db.rows('SELECT o.number, p.amount_minor::int AS amount, p.currency, p.paid_on = o.paid_at::date AS on_day FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.company_id = $1 ORDER BY o.ordered_at', [company]);
  expect(paid).toEqual([
    { number: starter.number, amount: 9_900, currency: 'USD', on_day: true },
    { number: action.number, amount: 47_500, currency: 'USD', on_day: true },
    { number: renewal.number, amount: 9_900, currency: 'USD', on_day: true },
  ]);
  const terms = await db.rows("SELECT o.number, t.starts_at, t.ends_at, t.ends_at = t.starts_at + interval '1 year' AS whole, t.ended_at IS NOT NULL AS ended FROM terms t JOIN orders o ON o.id = t.order_id WHERE t.company_id = $1 ORDER BY o.ordered_at", [company]);
  expect(terms.map(({ number, whole, ended }) => [number, whole, ended])).toEqual([[starter.number, true, true], [action.number, true, true], [renewal.number, true, false]]);
  expect(terms[2].starts_at).toEqual(terms[0].ends_at);
  const refunds = await db.rows('SELECT state, refund_minor::int AS amount FROM cancellations WHERE company_id = $1', [company]);
  expect(refunds).toEqual([{ state: 'approved', amount: 47_500 }]);
  const seats = await db.rows('SELECT a.how, a.why, a.removed_at FROM assignments a WHERE a.company_id = $1 ORDER BY a.assigned_at', [company]);
  expect(seats.map(({ how, why }) => [how, why])).toEqual([['assigned', 'carried_over'], ['carried_over', null]]);
  const keys = await db.rows('SELECT count(*)::int AS all, count(first_revealed_at)::int AS seen FROM licence_keys WHERE company_id = $1', [company]);
  expect(keys, 'one of each Starter; those of the Action Pack are in stock again').toEqual([{ all: 2, seen: 1 }]);
  const told = await db.rows('SELECT count(*)::int AS told FROM reminders WHERE company_id = $1', [company]);
  expect(told[0].told).toBeGreaterThan(0);
  for (const one of [nora, olga]) await one.context().close();
  await server.stop();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});
