// Seats are given, taken, given on; the past is told; files; my benefits.
import { type Page } from '@playwright/test';
import { addUser, expect, isSound, pick, settled, test, visit, type Words } from './fixtures';

const ENTERPRISE = 'Visual Studio Enterprise';
const PROFESSIONAL = 'Visual Studio Professional';

/** Opens a row's details by its arrow. */
async function open(page: Page, t: Words, path: string, name: string, label: string, scripted: boolean) {
  await visit(page, path, scripted);
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) }).filter({ hasText: label });
  const arrow = row.getByRole('button', { name: t('benefits.details_of', { name }) });
  if ((await arrow.getAttribute('aria-expanded')) !== 'true') await arrow.click();
  await expect(page.getByRole('heading', { name: t('benefits.holders') })).toBeVisible();
}

test('assign, reassign in one step, remove', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  const zoe = await addUser(page, t, 'Zoe', scripted);
  const yves = await addUser(page, t, 'Yves', scripted);
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  const holders = page.getByRole('list', { name: t('benefits.holders') });
  const before = await holders.getByRole('listitem').count();
  await expect(holders).toContainText('Emil Employee');
  await isSound(page, scripted);
  await pick(page, t, zoe, scripted);
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t('seats.done_assigned'))).toBeVisible();
  await settled(page, scripted);
  await expect(holders.getByRole('listitem')).toHaveCount(before + 1);
  // Again: refused in words, nothing is lost.
  await pick(page, t, zoe, scripted);
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t('refusals.seat_already'))).toBeVisible();
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  await page.getByRole('link', { name: t('seats.reassign_of', { name: zoe }) }).click();
  await expect(page.getByRole('heading', { name: new RegExp(zoe) })).toBeVisible();
  await pick(page, t, yves, scripted);
  await page.getByRole('button', { name: t('seats.reassign'), exact: true }).click();
  await expect(page.getByText(t('seats.done_reassigned'))).toBeVisible();
  await settled(page, scripted);
  await expect(holders).toContainText(yves);
  await expect(holders).not.toContainText(zoe);
  await page.getByRole('button', { name: t('seats.remove_of', { name: yves }) }).click();
  await expect(page.getByText(t('seats.done_removed'))).toBeVisible();
  await expect(holders.getByRole('listitem')).toHaveCount(before);
  // Nobody chosen: said at the field.
  await settled(page, scripted);
  const select = page.getByLabel(t('seats.select'), { exact: true });
  await select.evaluate((s: HTMLSelectElement) => s.removeAttribute('required')).catch(() => undefined);
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  if (scripted) await expect(page.getByText(t('refusals.nobody_chosen'))).toBeVisible();
});

test('two browsers want the last seat; one is told who got it', async ({ page, t, signIn, scripted, browser, server, locale, javaScriptEnabled, viewport }) => {
  await signIn('anna');
  const names: string[] = [];
  for (const n of ['Pia', 'Quin', 'Rosa', 'Sami']) names.push(await addUser(page, t, n, scripted));
  const path = '/benefits/visual-studio?q=Professional';
  for (const name of names.slice(0, 2)) {
    await open(page, t, path, PROFESSIONAL, 'Action Pack', scripted);
    await pick(page, t, name, scripted);
    await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
    await expect(page.getByText(t('seats.done_assigned'))).toBeVisible();
  }
  const other = await (await browser.newContext({ baseURL: server, locale, javaScriptEnabled, viewport })).newPage();
  await signIn('anna', other);
  for (const [tab, name] of [[page, names[2]], [other, names[3]]] as const) {
    await open(tab, t, path, PROFESSIONAL, 'Action Pack', scripted);
    await pick(tab, t, name, scripted);
  }
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t('seats.done_assigned'))).toBeVisible();
  await other.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(other.getByText(t('refusals.seat_just_given', { name: names[2] }))).toBeVisible();
  await other.context().close();
  // No seat is left, and the page says so instead of offering one.
  await open(page, t, path, PROFESSIONAL, 'Action Pack', scripted);
  await expect(page.getByText(t('seats.none_free'))).toBeVisible();
  await isSound(page, scripted);
});

test('the history, as of a day, found by name, as a file', async ({ page, t, signIn, scripted, language }) => {
  await signIn('anna');
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  await page.getByRole('link', { name: t('seats.all_holders') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('seats.title', { name: ENTERPRISE }) })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  const day = new Date(Date.now() - 100 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel(t('seats.as_of')).fill(day);
  await page.getByRole('button', { name: t('people.find_submit'), exact: true }).click();
  await expect(page.getByRole('rowheader', { name: /Adam Agent/ })).toBeVisible();
  await expect(page.getByRole('rowheader', { name: /Emil Employee/ })).toHaveCount(0);
  // The row reads alike in both views; what is typed before the other one is there would be lost with this one.
  const history = page.getByRole('link', { name: t('seats.view_history'), exact: true });
  await history.click();
  await expect(history).toHaveAttribute('aria-current', 'true');
  const adam = page.getByRole('row').filter({ hasText: 'Adam Agent' });
  await expect(adam).toContainText(t('seats.why_reassigned', { name: 'Anna Global' }));
  await page.getByLabel(t('seats.find')).fill('emil');
  await page.getByRole('button', { name: t('people.find_submit'), exact: true }).click();
  await expect(page.getByRole('rowheader', { name: /Emil Employee/ })).toBeVisible();
  await expect(adam).toHaveCount(0);
  const file = await page.request.get((await page.getByRole('link', { name: t('seats.export') }).getAttribute('href'))!, { headers: { 'accept-language': language } });
  expect(file.headers()['content-disposition']).toBe('attachment; filename="seats.csv"');
  const text = await file.text();
  expect(text).toContain(t('seats.why_reassigned', { name: 'Anna Global' }));
  expect(text).toContain('"Adam Agent","adam.agent@contoso.example"');
  expect(text).toContain(ENTERPRISE);
});

test('assign from a file: tried first, then done', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  const uma = await addUser(page, t, 'Uma', scripted);
  const email = `${uma.toLowerCase().replace(/[^a-z0-9]/g, '.')}@contoso.example`;
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  await page.getByRole('link', { name: t('seats.from_file') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('file.title', { name: ENTERPRISE }) })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  // A file that names no column is refused in words.
  await page.getByLabel(t('file.typed')).fill('name\nUma');
  await page.getByRole('button', { name: t('file.check') }).click();
  await expect(page.getByText(t('refusals.bulk_no_column'))).toBeVisible();
  await expect(page.getByLabel(t('file.typed'))).toHaveValue('name\nUma');
  await page.getByLabel(t('file.file')).setInputFiles({
    name: 'people.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`email;name\n${email};Uma\nnobody@contoso.example;X\nemil.employee@contoso.example;Emil\n`),
  });
  await page.getByRole('button', { name: t('file.check') }).click();
  await expect(page.getByRole('heading', { name: t('file.would_one', { n: '1' }) })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await expect(page.getByText(t('file.line_unknown'))).toBeVisible();
  await expect(page.getByText(t('refusals.seat_already'))).toBeVisible();
  await page.getByRole('button', { name: t('file.all') }).click();
  await expect(page.getByText(t('refusals.bulk_some_other', { n: '2' }))).toBeVisible();
  await page.getByRole('button', { name: t('file.skip') }).click();
  await expect(page.getByText(t('file.assigned_one', { n: '1' }))).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: email })).toContainText(t('file.line_assigned'));
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  await page.getByRole('button', { name: t('seats.remove_of', { name: uma }) }).click();
  await expect(page.getByText(t('seats.done_removed'))).toBeVisible();
});

test('a usage-based subscription is assigned to oneself, then its portal is there', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/cloud?q=Azure', scripted);
  const row = page.getByRole('row').filter({ hasText: 'Action Pack' }).filter({ hasText: 'Azure' });
  await row.getByRole('button').first().click();
  const portal = page.getByRole('link', { name: t('benefits.go_portal', { name: '' }).trim(), exact: false });
  await expect(page.getByRole('button', { name: t('seats.assign_self') })).toBeVisible();
  await expect(portal).toHaveCount(0);
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('seats.assign_self') }).click();
  await expect(page.getByText(t('seats.done_assigned'))).toBeVisible();
  await settled(page, scripted);
  await expect(page.getByText(t('seats.self_yours'))).toBeVisible();
  await expect(portal.first()).toBeVisible();
  await page.getByRole('button', { name: t('seats.remove_of', { name: 'Anna Global' }) }).click();
  await expect(page.getByText(t('seats.done_removed'))).toBeVisible();
});

test('a licence-based subscription shows its keys and instructions', async ({ page, t, signIn, scripted }) => {
  await signIn('marta');
  await visit(page, '/benefits/cloud?q=Intune', scripted);
  const row = page.getByRole('row').filter({ hasText: 'Gold Core' }).filter({ hasText: 'Intune' });
  await row.getByRole('button').first().click();
  await expect(page.getByRole('heading', { name: t('benefits.instructions') })).toBeVisible();
  await page.getByRole('button', { name: t('software.get_keys'), exact: true }).click();
  await expect(page.getByRole('list', { name: t('software.key_title') }).locator('code')).toHaveText(/^DEMO/);
});

test('who may not assign is told who may; the holder finds the portal', async ({ page, t, signIn, scripted }) => {
  await signIn('ursula');
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  await expect(page.getByRole('button', { name: t('seats.assign'), exact: true })).toBeDisabled();
  await expect(page.locator('#why-no-seat')).toContainText('Anna Global');
  await isSound(page, scripted);
  await page.context().clearCookies();
  await signIn('emil');
  await visit(page, '/my-benefits', scripted);
  await expect(page.getByRole('link', { name: t('my_benefits.go', { name: ENTERPRISE }) })).toHaveAttribute('href', /^https:/);
  await isSound(page, scripted);
});

test('the picker works by keyboard, and leads out to a new user and back', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await open(page, t, '/benefits/visual-studio', ENTERPRISE, 'Gold Core', scripted);
  await page.getByLabel(t('people.find'), { exact: true }).focus();
  await page.keyboard.type('adam');
  const select = page.getByLabel(t('seats.select'), { exact: true });
  await expect(select.getByRole('option', { name: /Adam Agent/ })).toBeAttached();
  // Without scripts, Enter searches.
  if (!scripted) await page.keyboard.press('Enter'); // its first button is the search
  await expect(select.getByRole('option', { name: /Marta/ })).toHaveCount(0);
  if (!scripted) await page.getByLabel(t('people.find'), { exact: true }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(select).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(select.locator('option:checked')).toHaveText(/Adam Agent/);
  await page.getByRole('link', { name: t('people.add') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('people.add') })).toBeVisible();
  const name = `Walt ${Date.now()}`;
  await page.getByLabel(t('users.name'), { exact: true }).fill(name);
  await page.getByLabel(t('users.email'), { exact: true }).fill(`walt${Date.now()}@contoso.example`);
  await page.getByRole('button', { name: t('people.add') }).click();
  await page.getByRole('link', { name: t('users.go_back', { name }) }).click();
  await settled(page, scripted);
  await expect(page.getByLabel(t('seats.select'), { exact: true }).locator('option:checked')).toContainText(name);
});
