// What the field found: a page that never dies. Rows that are closed, a line that is gone for a
// moment, two tabs with two accounts, a session that ends, a button that is pressed twice.
import { type Page } from '@playwright/test';
import { EMAIL, enter, expect, go, PASSWORD, test, visit } from './fixtures';

const CATEGORIES = ['software', 'cloud', 'visual-studio', 'technical', 'go-to-market'] as const;
const HEADING = {
  software: 'words.category_software',
  cloud: 'words.category_cloud',
  'visual-studio': 'words.category_visual_studio',
  technical: 'words.category_technical',
  'go-to-market': 'words.category_go_to_market',
};

/** Each answer takes so many milliseconds longer from now on. */
async function slowLine(page: Page, latency: number) {
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
}

for (const category of CATEGORIES) {
  test(`each row of ${category}, opened and closed five times, then the menu`, async ({ page, t, signIn, scripted }) => {
    test.slow();
    await signIn('anna');
    await visit(page, `/benefits/${category}`, scripted);
    const arrows = page.locator('.arrow');
    const count = await arrows.count();
    expect(count).toBeGreaterThan(0);
    for (let row = 0; row < count; row += 1) {
      const arrow = arrows.nth(row);
      await arrow.click();
      await expect(arrow).toHaveAttribute('aria-expanded', 'true');
      await expect(page.locator('.detail-row:visible')).toHaveCount(1);
      await expect(page.locator('.detail-row:visible .detail:not(.hint)')).toBeVisible();
      await arrow.click();
      await expect(arrow).toHaveAttribute('aria-expanded', 'false');
      // As fast as the page goes, and faster than its answers come.
      if (scripted) {
        await arrow.evaluate(async (button: HTMLElement) => {
          for (let press = 0; press < 8; press += 1) {
            const before = button.getAttribute('aria-expanded');
            button.click();
            while (button.getAttribute('aria-expanded') === before) await new Promise((frame) => requestAnimationFrame(frame));
          }
        });
        await expect(arrow).toHaveAttribute('aria-expanded', 'false');
      }
    }
    // Everything else goes on: the heading and the rows of another category, and every other page.
    await go(page, t, category === 'software' ? 'words.category_cloud' : 'words.category_software');
    await expect(page.locator('tbody tr').first()).toContainText(category === 'software' ? /Azure|Office 365|Dynamics|Intune|Enterprise/ : /Office|Windows|SQL|Project|Visio/);
    await go(page, t, 'shell.dashboard');
    await go(page, t, 'membership.offers');
    await go(page, t, HEADING[category]);
    await expect(arrows).toHaveCount(count);
  });
}

test('on the way from page to page nothing else is shown', async ({ page, t, signIn, scripted }) => {
  test.slow();
  await signIn('anna');
  const asked: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() === 404) asked.push(answer.url());
  });
  if (scripted) {
    // Whatever was to be seen, in each frame that was drawn.
    await page.evaluate(() => {
      const seen: string[] = [];
      (window as any).seen = seen;
      const look = () => {
        for (const heading of document.querySelectorAll('h1')) if (!seen.includes(heading.textContent!)) seen.push(heading.textContent!);
        if (document.querySelector('main')!.textContent!.trim() === '') seen.push('(empty)');
        requestAnimationFrame(look);
      };
      look();
    });
  }
  const headings: string[] = [];
  for (const link of ['words.category_software', 'shell.profile', 'words.category_cloud', 'shell.dashboard', 'words.category_technical', 'users.title', 'words.category_go_to_market', 'membership.offers', 'words.category_visual_studio', 'membership.orders', 'words.category_software', 'shell.my_benefits']) {
    await go(page, t, link);
    headings.push(t(link));
  }
  expect(asked).toEqual([]);
  if (scripted) {
    const seen: string[] = await page.evaluate(() => (window as any).seen);
    expect(seen.filter((heading) => !headings.includes(heading)), 'headings that were shown in between').toEqual([t('shell.dashboard')].filter((h) => !headings.includes(h)));
  }
});

test('back and forward, and within a page', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await go(page, t, 'words.category_software');
  await go(page, t, 'users.title');
  await go(page, t, 'shell.profile');
  for (const [way, heading] of [['back', 'users.title'], ['back', 'words.category_software'], ['forward', 'users.title'], ['forward', 'shell.profile']] as const) {
    await (way === 'back' ? page.goBack() : page.goForward());
    await expect(page.getByRole('heading', { level: 1 })).toHaveText([t(heading)]);
  }
  // The skip link: the next stop is the first thing in the page, not the bar.
  await visit(page, '/account/profile', scripted);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: t('shell.skip') })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.querySelector('main')!.contains(document.activeElement))).toBe(true);
});

test('two tabs, two accounts: nothing is done for the other one', async ({ page, context, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/account/users/new', scripted);
  const other = await context.newPage();
  await visit(other, '/account/profile', scripted);
  await other.getByRole('button', { name: t('shell.sign_out'), exact: true }).click();
  await enter(other, 'gina', t, scripted);
  await page.getByLabel(t('users.name'), { exact: true }).fill('Carla Contoso');
  await page.getByLabel(t('users.email'), { exact: true }).fill('carla@contoso.example');
  await page.getByRole('button', { name: t('people.add'), exact: true }).click();
  await expect(page.getByText(t('told.other_reader', { name: 'Gina Global', company: 'Fabrikam Ltd' }))).toBeVisible();
  await expect(page.getByLabel(t('kept.typed'))).toHaveValue(/Carla Contoso/);
  await visit(other, '/account/users', scripted);
  await expect(other.getByText('Carla Contoso')).toHaveCount(0);
});

test('a session that ends in a long form loses nothing', async ({ page, context, t, signIn, scripted }) => {
  await signIn('nora');
  await visit(page, '/membership/offers/action-pack', scripted);
  const other = await context.newPage();
  await visit(other, '/account/profile', scripted);
  await page.getByLabel(t('membership.bill_to')).fill('Northwind GmbH');
  await page.getByLabel(t('membership.address')).fill('Kai 1\n20457 Hamburg');
  await page.getByLabel(t('membership.country')).fill('Germany');
  await other.getByRole('button', { name: t('shell.sign_out'), exact: true }).click();
  await expect(other).toHaveURL(/sign-in/);
  await page.getByRole('button', { name: t('membership.place_order') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('kept.sign_in_title'));
  await expect(page.getByLabel(t('kept.typed'))).toHaveValue(/Kai 1\n20457 Hamburg/);
  await page.getByLabel(t('sign_in.email')).fill(EMAIL.nora);
  await page.getByLabel(t('sign_in.password')).fill(PASSWORD);
  await page.getByRole('button', { name: t('sign_in.submit'), exact: true }).click();
  await expect(page.getByText(t('told.went_on'))).toBeVisible();
  await expect(page.getByLabel(t('membership.bill_to'))).toHaveValue('Northwind GmbH');
  await expect(page.getByLabel(t('membership.address'))).toHaveValue('Kai 1\n20457 Hamburg');
});

test('a slow line, and a button pressed twice: one act', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/account/users/new', scripted);
  await page.getByLabel(t('users.name'), { exact: true }).fill('Twice Pressed');
  await page.getByLabel(t('users.email'), { exact: true }).fill('twice.pressed@contoso.example');
  const button = page.getByRole('button', { name: t('people.add'), exact: true });
  await slowLine(page, 2_000);
  const busy: string[] = [];
  if (scripted) {
    // Told from within: a page that is being left answers nobody.
    await page.exposeFunction('toldBusy', (name: string) => busy.push(name));
    await button.evaluate((element) => {
      const look = () => (window as any).toldBusy(element.getAttribute('aria-busy'));
      new MutationObserver(look).observe(element, { attributeFilter: ['aria-busy'] });
    });
  }
  await button.dblclick({ noWaitAfter: true });
  await expect(page.getByRole('heading', { level: 1, name: t('users.added_title', { name: 'Twice Pressed' }) })).toBeVisible();
  if (scripted) expect(busy).toEqual(['true']);
  await slowLine(page, 0);
  await visit(page, '/account/users?q=Twice', scripted);
  await expect(page.getByRole('row').filter({ hasText: 'Twice Pressed' })).toHaveCount(1);
});

