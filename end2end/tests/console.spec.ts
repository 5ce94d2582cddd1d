// The operator runs the programme in the browser: catalogue, key pools, companies.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { enter, expect, isSound, settled, startServer, test, visit, EMAIL, PASSWORD, type Words } from './fixtures';

const DEMO = readFileSync(join(resolve(import.meta.dirname, '../..'), 'demo/catalogue.toml'), 'utf8');

async function tryFile(page: Page, t: Words, name: string, text: string, scripted: boolean) {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: t('console.check'), exact: true }).click();
  await expect(page.getByRole('button', { name: t('console.discard'), exact: true })).toBeVisible();
  await settled(page, scripted);
}

test('a catalogue file is tried, compared, published, and comes out byte for byte', async ({ browser, t, scripted, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const page = await (await browser.newContext({ baseURL: server.url, locale, viewport, javaScriptEnabled })).newPage();
  await enter(page, 'olga', t, scripted);
  await visit(page, '/operator/catalogue', scripted);
  await isSound(page, scripted);
  const first = await page.request.get((await page.getByRole('link', { name: t('console.download_of', { n: '1' }) }).getAttribute('href'))!);
  expect(await first.text()).toBe(DEMO);
  // Nothing chosen, then a file that is wrong in two places.
  await page.getByRole('button', { name: t('console.check'), exact: true }).click();
  await expect(page.getByText(t('told.file_missing'))).toBeVisible();
  await settled(page, scripted);
  await tryFile(page, t, 'catalogue.toml', DEMO.replace('"4730.00"', '"4.730,00"').replace('url = "https://', 'url = "http://'), scripted);
  await expect(page.getByText(t('console.trial_wrong_other', { n: '2' }))).toBeVisible();
  const line = DEMO.split('\n').findIndex((l) => l.includes('"4730.00"')) + 1;
  await expect(page.getByRole('rowheader', { name: new Intl.NumberFormat(locale).format(line), exact: true })).toBeVisible();
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('console.discard'), exact: true }).click();
  await expect(page.getByText(t('console.done_discarded'))).toBeVisible();
  await settled(page, scripted);
  // The published file again: nothing to publish.
  await tryFile(page, t, 'catalogue.toml', DEMO, scripted);
  await expect(page.getByText(t('console.changes_none'))).toBeVisible();
  await expect(page.getByRole('button', { name: t('console.publish'), exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: t('console.discard'), exact: true }).click();
  // A new price.
  const dearer = DEMO.replace('"4730.00"', '"4900.00"');
  await settled(page, scripted);
  await tryFile(page, t, 'catalogue.toml', dearer, scripted);
  const change = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'price', exact: true }) });
  await expect(change).toContainText('4730.00');
  await expect(change).toContainText('4900.00');
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('console.publish'), exact: true }).click();
  await expect(page.getByText(t('console.done_published'))).toBeVisible();
  const second = await page.request.get('/export/catalogue.toml?version=2');
  expect(await second.text()).toBe(dearer);
  await page.context().close();
  await server.stop();
});

test('keys come in, a leaked one is withdrawn and replaced; no page shows a key', async ({ browser, t, scripted, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const page = await (await browser.newContext({ baseURL: server.url, locale, viewport, javaScriptEnabled })).newPage();
  await enter(page, 'olga', t, scripted);
  await visit(page, '/operator/keys', scripted);
  await isSound(page, scripted);
  const secret = 'QWERT-QWERT-QWERT-QWERT-00001';
  await page.getByLabel(t('console.keys_paste'), { exact: true }).fill(`product,key\nvisio-professional-2019,${secret}\nnot-there,QWERT-QWERT-QWERT-QWERT-00002`);
  await page.getByRole('button', { name: t('console.check'), exact: true }).click();
  await expect(page.getByText(t('console.trial_wrong_one', { n: '1' }))).toBeVisible();
  expect(await page.content()).not.toContain('QWERT');
  await settled(page, scripted);
  await page.getByRole('button', { name: t('console.discard'), exact: true }).click();
  await expect(page.getByText(t('console.done_discarded'))).toBeVisible();
  await settled(page, scripted);
  await tryFile(page, t, 'keys.csv', `product,key\nvisio-professional-2019,${secret}\n`, scripted);
  await expect(page.getByText(t('console.keys_trial_lede_one', { n: '1' }))).toBeVisible();
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('console.keys_import'), exact: true }).click();
  await expect(page.getByText(t('console.done_imported'))).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Visio Professional 2019' })).toContainText('10');
  await settled(page, scripted);
  // Found by what somebody pasted; the address and the page name it otherwise.
  await page.getByLabel(t('console.find_key_label'), { exact: true }).fill('not a key');
  await page.getByRole('button', { name: t('console.find_key_submit'), exact: true }).click();
  await expect(page.getByText(t('told.key_shape'))).toBeVisible();
  await settled(page, scripted);
  await page.getByLabel(t('console.find_key_label'), { exact: true }).fill(secret.toLowerCase());
  await page.getByRole('button', { name: t('console.find_key_submit'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 2, name: t('console.withdraw_title') })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  expect(page.url().toUpperCase()).not.toContain('QWERT');
  expect((await page.content()).toUpperCase()).not.toContain('QWERT');
  await page.getByLabel(t('console.withdraw_reason'), { exact: true }).fill('Posted in a forum.');
  await page.getByRole('button', { name: t('console.withdraw'), exact: true }).click();
  await expect(page.getByText(t('console.done_withdrawn'))).toBeVisible();
  await expect(page.getByText('Posted in a forum.')).toBeVisible();
  // The pool, and its alarm.
  await visit(page, '/operator/keys', scripted);
  await page.getByRole('link', { name: 'Visio Professional 2019' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Visio Professional 2019' })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByLabel(t('console.level_label'), { exact: true }).fill('20');
  await page.getByRole('button', { name: t('console.save'), exact: true }).click();
  await expect(page.getByText(t('console.done_level'))).toBeVisible();
  await expect(page.getByText(t('console.low'), { exact: true })).toBeVisible();
  await visit(page, '/operator/outbox', scripted);
  await expect(page.getByRole('row').filter({ hasText: t('outbox.kind_low_stock') })).toBeVisible();
  await page.context().close();
  await server.stop();
});

test('a company is made, its first admin invited, suspended and restored', async ({ browser, t, scripted, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const options = { baseURL: server.url, locale, viewport, javaScriptEnabled };
  const page = await (await browser.newContext(options)).newPage();
  await enter(page, 'olga', t, scripted);
  await visit(page, '/operator/companies?q=fabrikam', scripted);
  await isSound(page, scripted);
  await expect(page.getByRole('row').filter({ hasText: 'Contoso GmbH' })).toHaveCount(0);
  await page.getByLabel(t('console.company_name'), { exact: true }).fill('Litware');
  await page.getByLabel(t('console.account_email'), { exact: true }).fill('office@litware.example');
  await page.getByLabel(t('console.domain'), { exact: true }).fill('contoso.example');
  await page.getByRole('button', { name: t('console.create'), exact: true }).click();
  await expect(page.getByText(t('told.domain_taken', { name: 'Contoso GmbH' }))).toBeVisible();
  await expect(page.getByLabel(t('console.company_name'), { exact: true })).toHaveValue('Litware');
  await page.getByLabel(t('console.domain'), { exact: true }).fill('litware.example');
  await page.getByRole('button', { name: t('console.create'), exact: true }).click();
  await expect(page.getByText(t('console.done_created'))).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByLabel(t('console.admin_name'), { exact: true }).fill('Lia Litware');
  await page.getByLabel(t('console.admin_email'), { exact: true }).fill('lia@litware.example');
  await page.getByRole('button', { name: t('console.invite'), exact: true }).click();
  await expect(page.getByText(t('console.done_invited'))).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Lia Litware' })).toContainText(t('users.invited'));
  // Suspended: whoever is signed in is out, nobody comes in; restored, they do.
  const gina = await (await browser.newContext(options)).newPage();
  await enter(gina, 'gina', t, scripted);
  await visit(page, '/operator/companies?q=fabrikam', scripted);
  await page.getByRole('link', { name: 'Fabrikam Ltd' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Fabrikam Ltd' })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('console.suspend'), exact: true }).click();
  await expect(page.getByText(t('console.done_suspended'))).toBeVisible();
  await gina.goto('/benefits/software');
  await expect(gina).toHaveURL(/\/sign-in/);
  await gina.getByLabel(t('sign_in.email')).fill(EMAIL.gina);
  await gina.getByLabel(t('sign_in.password')).fill(PASSWORD);
  await gina.getByRole('button', { name: t('sign_in.submit'), exact: true }).click();
  await expect(gina.getByText(t('refusals.suspended'))).toBeVisible();
  await settled(page, scripted);
  await page.getByRole('button', { name: t('console.restore'), exact: true }).click();
  await expect(page.getByText(t('console.done_restored'))).toBeVisible();
  await enter(gina, 'gina', t, scripted);
  await gina.context().close();
  await page.context().close();
  await server.stop();
});

test('companies come over from the predecessor portal with people and years, without roles', async ({ browser, t, scripted, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const page = await (await browser.newContext({ baseURL: server.url, locale, viewport, javaScriptEnabled })).newPage();
  await enter(page, 'olga', t, scripted);
  await visit(page, '/operator/companies', scripted);
  await page.getByLabel(t('console.company_name'), { exact: true }).fill('Woodgrove');
  await page.getByLabel(t('console.account_email'), { exact: true }).fill('office@woodgrove.example');
  await page.getByLabel(t('console.domain'), { exact: true }).fill('woodgrove.example');
  await page.getByLabel(t('console.still_there')).check();
  await page.getByRole('button', { name: t('console.create'), exact: true }).click();
  await expect(page.getByText(t('console.done_created'))).toBeVisible();
  await expect(page.getByText(t('console.predecessor_hint'))).toBeVisible();
  await settled(page, scripted);
  await page.getByRole('link', { name: t('console.move_title'), exact: true }).click();
  await expect(page.getByRole('heading', { name: t('console.move_title'), exact: true })).toBeVisible();
  await settled(page, scripted);
  // A file with two wrong lines: nothing comes.
  const started = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
  const lines = [
    'domain,company,account_email,name,email,language,package,since',
    `woodgrove.example,Woodgrove AG,,Wanda Weber,wanda@woodgrove.example,de,gold-core,${started}`,
    'tailspin.example,Tailspin,office@tailspin.example,Tom Tail,tom@tailspin.example,,,',
  ];
  const wrong = [...lines, 'contoso.example,,,,,,,', `tailspin.example,,,,,,platinum,${started}`].join('\n');
  await tryFile(page, t, 'companies.csv', wrong, scripted);
  await expect(page.getByText(t('catalogue.move_here', { name: 'Contoso GmbH' }))).toBeVisible();
  await expect(page.getByText(t('catalogue.move_unknown', { code: 'platinum' }))).toBeVisible();
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('console.discard'), exact: true }).click();
  await expect(page.getByText(t('console.done_discarded'))).toBeVisible();
  await settled(page, scripted);
  await expect(page.getByRole('row').filter({ hasText: 'Tailspin' })).toHaveCount(0);
  // The right one: what comes is said first.
  await tryFile(page, t, 'companies.csv', lines.join('\n'), scripted);
  const row = page.getByRole('row').filter({ hasText: 'Tailspin' });
  await expect(row).toContainText(t('console.move_new'));
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('console.move_do'), exact: true }).click();
  await expect(page.getByText(t('console.done_moved'))).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await expect(row).toContainText(t('console.no_admin'));
  await page.getByRole('link', { name: 'Woodgrove AG', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Woodgrove AG' })).toBeVisible();
  await expect(page.getByText(t('console.predecessor_hint'))).toHaveCount(0);
  await settled(page, scripted);
  const wanda = page.getByRole('row').filter({ hasText: 'Wanda Weber' });
  await expect(wanda).toContainText(t('users.invited'));
  await expect(wanda).not.toContainText(t('words.role_global_admin'));
  await isSound(page, scripted);
  await page.getByLabel(t('console.admin_name'), { exact: true }).fill('Wanda Weber');
  await page.getByLabel(t('console.admin_email'), { exact: true }).fill('wanda@woodgrove.example');
  await page.getByRole('button', { name: t('console.invite'), exact: true }).click();
  await expect(page.getByText(t('console.done_invited'))).toBeVisible();
  await expect(wanda).toContainText(t('words.role_global_admin'));
  // The order that came along has no price and no invoice here.
  await settled(page, scripted);
  const number = /V-\d{4}-\d{5}/;
  await page.getByRole('link', { name: number }).click();
  await expect(page.getByText(t('membership.kind_moved'), { exact: true })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.context().close();
  await server.stop();
});
