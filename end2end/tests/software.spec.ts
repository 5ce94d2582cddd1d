// The list, the arrow, Get keys, language and operating system, the record.
import { type Page } from '@playwright/test';
import { expect, isSound, settled, test, visit, type Words } from './fixtures';

const OFFICE = 'Office Professional Plus 2019';

/** The arrow of a product in the package with this label. */
function arrow(page: Page, t: Words, name: string, label: string) {
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) }).filter({ hasText: label });
  return row.getByRole('button', { name: t('benefits.details_of', { name }) });
}

test('the main journey: key, language, operating system, download', async ({ page, t, signIn, scripted, language }) => {
  await signIn('anna');
  await page.getByRole('navigation', { name: t('shell.menu') }).getByRole('link', { name: t('words.category_software') }).click();
  await settled(page, scripted);
  const open = arrow(page, t, OFFICE, 'Gold Core');
  await expect(open).toHaveAttribute('aria-expanded', 'false');
  await open.click();
  await expect(open).toHaveAttribute('aria-expanded', 'true');
  await expect(page).toHaveURL(/open=/);
  await expect(page.getByText('macOS', { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: t('software.get_keys'), exact: true }).click();
  const keys = page.getByRole('list', { name: t('software.key_title') });
  await expect(keys.locator('code')).toHaveText(/^DEMO\d-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}$/);
  if (scripted) {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const key = await keys.locator('code').textContent();
    await keys.getByRole('button', { name: `${t('software.copy')} ${t('software.key_number', { n: '1' })}` }).click();
    await expect(keys.getByText(t('software.copied'))).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  }
  await isSound(page, scripted);
  await page.getByLabel(t('software.language'), { exact: true }).selectOption('de');
  if (!scripted) await page.getByRole('button', { name: t('software.choose') }).click();
  const os = page.getByLabel(t('software.os'), { exact: true });
  await expect(os).toBeEnabled();
  await os.selectOption('windows-64');
  if (!scripted) await page.getByRole('button', { name: t('software.choose') }).click();
  const label = t('software.download', { name: OFFICE, language: 'Deutsch', os: 'Windows 64-bit' });
  await expect(page.getByRole('link', { name: label })).toHaveAttribute('href', /^https:\/\/downloads\.example\/.*\/de\/windows-64/);
  await expect(page.getByText(/[0-9a-f]{64}/)).toBeVisible();
  await expect(page.getByText(language === 'de' ? /\d,\d GB/ : /\d\.\d GB/)).toBeVisible();
  await isSound(page, scripted);
});

test('a combination that does not exist cannot be chosen', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/software?q=Office', scripted);
  await arrow(page, t, OFFICE, 'Gold Core').click();
  const os = page.getByLabel(t('software.os'), { exact: true });
  await expect(os).toBeDisabled();
  await page.getByLabel(t('software.language'), { exact: true }).selectOption('ja');
  if (!scripted) await page.getByRole('button', { name: t('software.choose') }).click();
  await expect(os.getByRole('option', { name: 'Windows 64-bit' })).toBeAttached();
  await expect(os.getByRole('option', { name: 'macOS' })).toHaveCount(0);
  // Even by the address.
  const here = new URL(page.url());
  here.searchParams.set('os', 'macos');
  await visit(page, here.pathname + here.search, scripted);
  await expect(page.getByText(t('software.choose_hint'))).toBeVisible();
});

test('the first key within the refund window asks once', async ({ page, t, signIn, scripted }) => {
  await signIn('marta');
  await visit(page, '/benefits/software?q=Exchange', scripted);
  await expect(page.getByText(t('benefits.refund_text'))).toBeVisible();
  await arrow(page, t, 'Exchange Server 2019 Standard', 'Action Pack').click();
  const get = page.getByRole('button', { name: t('software.get_keys'), exact: true });
  await get.click();
  await expect(page.getByRole('heading', { name: t('software.confirm_title') })).toBeVisible();
  await isSound(page, scripted);
  await page.getByRole('link', { name: t('software.cancel') }).click();
  await expect(get).toBeVisible();
  await expect(page.getByText(t('software.never_seen'), { exact: false })).toBeVisible();
  await get.click();
  await page.getByRole('button', { name: t('software.confirm') }).click();
  await expect(page.getByRole('list', { name: t('software.key_title') }).locator('code')).toHaveText(/^DEMO/);
  await visit(page, '/benefits/software?q=Exchange', scripted);
  await expect(page.getByText(t('benefits.refund_text'))).toHaveCount(0);
  await arrow(page, t, 'Exchange Server 2019 Standard', 'Action Pack').click();
  await expect(page.getByText('Marta MPN')).toBeVisible();
});

test('who may not get keys sees who may', async ({ page, t, signIn, scripted }) => {
  await signIn('ursula');
  await visit(page, '/benefits/software', scripted);
  await arrow(page, t, OFFICE, 'Gold Core').click();
  const button = page.getByRole('button', { name: t('software.get_keys') });
  await expect(button).toBeDisabled();
  await expect(page.getByText(t('words.in_your_company', { names: t('words.and_list', { first: 'Anna Global', last: 'Marta MPN' }) }))).toBeVisible();
  await expect(button).toHaveAccessibleDescription(/Anna Global/);
  await isSound(page, scripted);
});

test('a stranger gets 404, and keeps what is theirs', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/software', scripted);
  await arrow(page, t, OFFICE, 'Gold Core').click();
  await expect(page).toHaveURL(/open=/);
  const address = new URL(page.url());
  await page.context().clearCookies();
  await signIn('gina');
  const answer = await visit(page, address.pathname + address.search, scripted);
  expect(answer.status()).toBe(404);
  await expect(page.getByRole('alert').filter({ hasText: t('refusals.not_found') })).toBeVisible();
  await expect(page.getByText('Contoso')).toHaveCount(0);
});

test('search, filter, and the address keeps them', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/software', scripted);
  const rows = page.getByRole('rowheader');
  await expect(rows).toHaveCount(25);
  await page.getByLabel(t('benefits.find')).fill('visio');
  if (!scripted) await page.getByRole('button', { name: t('benefits.find_submit') }).click();
  await expect(rows).toHaveCount(2);
  await expect(page).toHaveURL(/q=visio/);
  await page.reload();
  await settled(page, scripted);
  await expect(rows).toHaveCount(2);
  await expect(page.getByLabel(t('benefits.find'))).toHaveValue('visio');
  await page.getByLabel(t('benefits.find')).fill('nothing like this');
  if (!scripted) await page.getByRole('button', { name: t('benefits.find_submit') }).click();
  await page.getByRole('link', { name: t('benefits.none') }).click();
  await expect(rows).toHaveCount(25);
  await page.getByRole('link', { name: new RegExp(`^${t('benefits.filter_ends_soon')}`) }).click();
  await expect(page).toHaveURL(/filter=ends(-|%2D)soon/);
});

test('by keyboard alone', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/software?q=SharePoint', scripted);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: t('shell.skip') })).toBeFocused();
  const open = arrow(page, t, 'SharePoint Server 2019 Enterprise', 'Gold Core');
  await open.focus();
  await page.keyboard.press('Enter');
  await expect(arrow(page, t, 'SharePoint Server 2019 Enterprise', 'Gold Core')).toHaveAttribute('aria-expanded', 'true');
  const get = page.getByRole('button', { name: t('software.get_keys'), exact: true });
  await get.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: t('software.key_title') }).locator('code')).toHaveText(/^DEMO/);
});

test('a product without a key says so', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/software?q=CALs', scripted);
  await arrow(page, t, 'Windows Server 2019 CALs', 'Gold Core').click();
  await expect(page.getByText(t('benefits.no_details'))).toBeVisible();
  await expect(page.getByRole('button', { name: t('software.get_keys') })).toHaveCount(0);
});

test('the other categories show what there is, read-only', async ({ page, t, signIn, scripted, language }) => {
  await signIn('anna');
  await visit(page, '/benefits/visual-studio', scripted);
  await arrow(page, t, 'Visual Studio Enterprise', 'Gold Core').click();
  await expect(page.getByRole('list', { name: t('benefits.holders') })).toContainText('Emil Employee');
  await expect(page.getByText(/^\d (of|von) 10 /)).toBeVisible();
  await isSound(page, scripted);
  await visit(page, '/benefits/technical', scripted);
  const presales = language === 'de' ? 'Technische Vorverkaufs- und Bereitstellungsdienste' : 'Technical presales and deployment services';
  await expect(page.getByRole('row').filter({ hasText: presales }).first()).toContainText(t('words.unlimited'));
  await visit(page, '/benefits/go-to-market', scripted);
  await expect(page.getByText(t('words.status_pending')).first()).toBeVisible();
});
