// Where only a script can fail, and only a script can help: not run without JavaScript.
import { expect, go, startServer, enter, settled, test, visit } from './fixtures';

test('offline at a click: it is said, the page stays, and goes on', async ({ page, context, t, signIn, scripted }) => {
  await signIn('anna');
  for (const [here, link] of [['/account/users', 'membership.offers'], ['/benefits/software', 'shell.dashboard'], ['/', 'words.category_cloud']] as const) {
    await visit(page, here, scripted);
    const heading = await page.getByRole('heading', { level: 1 }).textContent();
    await context.setOffline(true);
    await page.getByRole('navigation', { name: t('shell.menu') }).getByRole('link', { name: t(link) }).click();
    await expect(page.getByText(t('refusals.offline'))).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText([heading!]);
    expect(new URL(page.url()).pathname).toBe(here);
    await context.setOffline(false);
    await go(page, t, link);
    await go(page, t, 'shell.profile');
  }
});

test('offline as a form is sent: what was typed stays', async ({ page, context, t, signIn, scripted }) => {
  await signIn('nora');
  await visit(page, '/membership/offers/action-pack', scripted);
  await page.getByLabel(t('membership.bill_to')).fill('Northwind GmbH');
  await page.getByLabel(t('membership.address')).fill('Kai 1');
  await page.getByLabel(t('membership.country')).fill('Germany');
  await context.setOffline(true);
  await page.getByRole('button', { name: t('membership.place_order') }).click();
  await expect(page.getByText(t('refusals.offline'))).toBeVisible();
  await expect(page.getByLabel(t('membership.bill_to'))).toHaveValue('Northwind GmbH');
  await context.setOffline(false);
});

test('after a panic the page is the browser’s own', async ({ page, t, signIn, scripted, forgiven }) => {
  await signIn('anna');
  await visit(page, '/benefits/software', scripted);
  // Some browsers refuse this to a page that has done it too often; the router takes it for granted.
  forgiven.push(/panicked at/, /unreachable/, /RuntimeError/);
  await page.evaluate(() => {
    history.pushState = () => {
      throw new DOMException('too often', 'SecurityError');
    };
  });
  await page.getByRole('navigation', { name: t('benefits.filters') }).getByRole('link').nth(1).click();
  await expect(page.locator('html')).toHaveAttribute('data-dead', '');
  await expect(page.getByText(t('shell.broken'))).toBeVisible();
  // Links and forms are plain again.
  const arrow = page.locator('.arrow').first();
  await arrow.click();
  await expect(page).toHaveURL(/open=/);
  await settled(page, scripted);
  await expect(page.locator('.detail-row:visible')).toHaveCount(1);
  await go(page, t, 'shell.dashboard');
});

test('a new program on the server: the next click loads it', async ({ browser, t, locale }) => {
  test.slow();
  const own = await startServer();
  try {
    const page = await (await browser.newContext({ baseURL: own.url, locale })).newPage();
    await enter(page, 'anna', t, true);
    // A page that an older program has drawn.
    await page.route('**/benefits/cloud', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(/data-program="[^"]*"/, 'data-program="an older one"') });
    });
    await visit(page, '/benefits/cloud', true);
    await expect(page.locator('html')).toHaveAttribute('data-program', 'an older one');
    await page.unrouteAll();
    await own.restart('SIGTERM');
    let loaded = 0;
    page.on('request', (request) => {
      if (request.isNavigationRequest()) loaded += 1;
    });
    await go(page, t, 'words.category_software');
    await expect(page.locator('html')).not.toHaveAttribute('data-program', 'an older one');
    expect(loaded).toBe(1);
    await page.context().close();
  } finally {
    await own.stop();
  }
});

test('a part that is gone: the browser follows the link', async ({ page, t, signIn, scripted, forgiven }) => {
  await signIn('anna');
  await visit(page, '/', scripted);
  forgiven.push(/Failed to load resource/, /Failed to fetch|MIME type|wasm/i);
  await page.route(/\/pkg\/.*\.wasm$/, (route) => route.abort());
  let loaded = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loaded += 1;
  });
  await page.getByRole('navigation', { name: t('shell.menu') }).getByRole('link', { name: t('membership.offers') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText([t('membership.offers')]);
  expect(loaded).toBe(1);
  // Without its program the page is plain, and works.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await go(page, t, 'users.title');
});
