// The way in and out, menu, language, theme, whose page it is.
import { EMAIL, PASSWORD, expect, isSound, settled, test, visit } from './fixtures';

const PAGES = [
  ['/', 'dashboard.title'],
  ['/benefits/software', 'words.category_software'],
  ['/benefits/cloud', 'words.category_cloud'],
  ['/benefits/visual-studio', 'words.category_visual_studio'],
  ['/benefits/technical', 'words.category_technical'],
  ['/benefits/go-to-market', 'words.category_go_to_market'],
  ['/my-benefits', 'my_benefits.title'],
  ['/account/profile', 'profile.title'],
] as const;

test('the sign-in page is sound', async ({ page, scripted }) => {
  await visit(page, '/sign-in', scripted);
  await isSound(page, scripted);
});

for (const [path, heading] of PAGES) {
  test(`${path} is sound, light and dark`, async ({ page, t, signIn, scripted }) => {
    await signIn('anna');
    await visit(page, path, scripted);
    await expect(page.getByRole('heading', { level: 1, name: t(heading), exact: true })).toBeVisible();
    await expect(page).toHaveTitle(`${t(heading)} · Vorteil`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await isSound(page, scripted);
    }
  });
}

test('the menu leads to the five categories', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  const menu = page.getByRole('navigation', { name: t('shell.menu') });
  for (const [path, heading] of PAGES.slice(1, 6)) {
    await menu.getByRole('link', { name: new RegExp(`^${t(heading)}`) }).click();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole('heading', { level: 1, name: t(heading), exact: true })).toBeVisible();
    await expect(menu.getByRole('link', { name: new RegExp(`^${t(heading)}`) })).toHaveAttribute('aria-current', 'page');
    await expect(page.getByText(t('shell.roles'))).toBeVisible();
    await settled(page, scripted);
  }
});

test('signing in goes back to where one was, and out ends it', async ({ page, t, context, scripted, forgiven }) => {
  await page.goto('/benefits/cloud');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await settled(page, scripted);
  await page.getByLabel(t('sign_in.email')).fill(EMAIL.anna);
  await page.getByLabel(t('sign_in.password')).fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText(t('refusals.mismatch'));
  await expect(page.getByLabel(t('sign_in.email'))).toHaveValue(EMAIL.anna);
  await expect(page.getByLabel(t('sign_in.password'))).toHaveValue('');
  await page.getByLabel(t('sign_in.password')).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/benefits/cloud');
  const second = await context.newPage();
  await visit(second, '/benefits/software', scripted);
  await settled(page, scripted);
  await page.getByRole('button', { name: t('shell.sign_out') }).click();
  await expect(page.getByRole('status').filter({ hasText: t('sign_in.signed_out') })).toBeVisible();
  // The second tab is told what happened, and led back in.
  forgiven.push(/401 .*\/api\/benefits\/detail$/);
  await second.getByRole('button', { name: t('benefits.details_of', { name: 'Visio Professional 2019' }) }).first().click();
  await expect(second.getByText(scripted ? t('refusals.signed_out') : t('sign_in.title'), { exact: false }).first()).toBeVisible();
});

test('the language is remembered, without JavaScript too', async ({ page, t, signIn, language, scripted }) => {
  await signIn('gina');
  const other = language === 'en' ? 'de' : 'en';
  await page.getByRole('button', { name: t('shell.switch_language'), exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', other);
  await visit(page, '/benefits/go-to-market', scripted);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other === 'de' ? 'Markteinführung' : 'Go-To-Market');
  await page.getByRole('button', { name: language === 'en' ? 'English' : 'Deutsch', exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', language);
});

test('the theme is remembered and there before the first paint', async ({ page, t, signIn, scripted }) => {
  await signIn('nora');
  await visit(page, '/account/profile', scripted);
  await page.getByLabel(t('profile.theme'), { exact: true }).selectOption('dark');
  await page.getByRole('button', { name: `${t('profile.save')}: ${t('profile.theme')}` }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const html = await (await page.request.get('/')).text();
  expect(html).toContain('data-theme="dark"');
  await visit(page, '/', scripted);
  await page.getByRole('button', { name: t('shell.theme_next', { now: t('shell.theme_dark') }) }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'system');
});

test('each role finds its own start', async ({ page, t, signIn }) => {
  await signIn('emil');
  await expect(page.getByText(t('dashboard.employee_lede', { company: 'Contoso GmbH' }))).toBeVisible();
  await page.context().clearCookies();
  await signIn('nora');
  await expect(page.getByRole('heading', { name: t('dashboard.no_package') })).toBeVisible();
  await page.context().clearCookies();
  await signIn('olga');
  await expect(page.getByRole('heading', { name: t('dashboard.stock') })).toBeVisible();
  await page.context().clearCookies();
  await signIn('gina');
  await expect(page.getByText(t('dashboard.renewable'))).toBeVisible();
});

test('the dashboard says what ends, what waits and what is free, each with its next step', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await isSound(page, scripted);
  await expect(page.getByText(t('dashboard.ends_none'))).toBeVisible();
  const waits = page.getByRole('region', { name: t('dashboard.waits'), exact: true });
  await expect(waits.getByText(t('dashboard.concern_pending'))).toHaveCount(2);
  await expect(page.getByRole('link', { name: t('dashboard.cases_one', { n: '1' }) })).toBeVisible();
  await expect(page.getByText(t('dashboard.steps'))).toBeVisible();
  const free = page.getByRole('region', { name: t('dashboard.free'), exact: true });
  await free.getByRole('link', { name: new RegExp(`^${t('seats.assign')}: Visual Studio Enterprise`) }).click();
  await expect(page.getByRole('button', { expanded: true })).toBeVisible();
  await expect(page.getByLabel(t('seats.select'), { exact: true })).toBeVisible();
  // A colleague who may not is led to where it says who may.
  await page.context().clearCookies();
  await signIn('adam');
  const adams = page.getByRole('region', { name: t('dashboard.free'), exact: true });
  await expect(adams.getByRole('link', { name: new RegExp(`^${t('dashboard.step_open')}: Visual Studio Enterprise`) })).toBeVisible();
  await page.context().clearCookies();
  await signIn('gina');
  await expect(page.getByRole('region', { name: t('dashboard.ends'), exact: true }).getByRole('rowheader')).toHaveCount(8);
  await expect(page.getByText(t('dashboard.needs_contact'))).toBeVisible();
  await isSound(page, scripted);
});

test('password and sessions', async ({ page, t, signIn, browser, baseURL, scripted, locale }) => {
  const elsewhere = await browser.newContext({ baseURL, locale, javaScriptEnabled: false });
  const other = await elsewhere.newPage();
  await signIn('adam', other, false);
  await signIn('adam');
  await visit(page, '/account/profile', scripted);
  await page.getByLabel(t('profile.current'), { exact: true }).fill(PASSWORD);
  await page.getByLabel(t('profile.new'), { exact: true }).fill('short');
  await page.getByLabel(t('profile.repeat'), { exact: true }).fill('short');
  await page.getByRole('button', { name: t('profile.change') }).click();
  await expect(page.getByText(t('refusals.password_short', { n: '12' }))).toBeVisible();
  await page.getByRole('button', { name: new RegExp(`^${t('profile.end_of', { device: '' }).trim()}`) }).first().click();
  await expect(page.getByText(t('profile.ended'))).toBeVisible();
  await other.goto('/');
  await expect(other).toHaveURL(/sign-in/);
  await elsewhere.close();
});

test('a page that does not exist says so', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  const answer = await visit(page, '/no/such/page', scripted);
  expect(answer.status()).toBe(404);
  await expect(page.getByRole('heading', { name: t('refusals.title_not_found') })).toBeVisible();
  await isSound(page, scripted);
});
