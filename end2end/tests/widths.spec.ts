// Every control of every page is where a pointer hits it, at the widths that people have, with names
// and addresses as long as they may be. Run in the languages, not on every device: the widths are
// its own.
import { type Page } from '@playwright/test';
import { enter, expect, type Person, startServer, test, visit } from './fixtures';

const WIDTHS = [320, 360, 768, 853, 1024, 1280, 1920];
// A guest, as directories write them, and a name without a blank.
const GUEST = 'anna.maria.mueller-luedenscheidt_contoso.com#EXT#@fabrikamindustriesgermany.onmicrosoft.com';
const NAME = `Donaudampfschifffahrtsgesellschaftskapitän ${'W'.repeat(60)}`;

/** What cannot be hit in this page as it is, in words. */
function misses(within: string): string[] {
  const wrong: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push(`the page scrolls ${root.scrollWidth - root.clientWidth} px sideways`);
  for (const control of document.querySelectorAll<HTMLElement>(`${within} :is(a[href], button, input, select, textarea, summary)`)) {
    // The skip link is shown once it has the focus; what is a pixel large is for screen readers.
    if (control.matches('.skip') || !control.checkVisibility({ visibilityProperty: true })) continue;
    const size = control.getBoundingClientRect();
    if (size.width <= 1 || size.height <= 1) continue;
    for (let box = control.parentElement; box; box = box.parentElement) {
      const { overflowX } = getComputedStyle(box);
      if (overflowX === 'auto' || overflowX === 'scroll') box.scrollLeft += control.getBoundingClientRect().left - box.getBoundingClientRect().left - 8;
    }
    // A link over two lines has its middle between them.
    window.scrollTo(0, window.scrollY + control.getClientRects()[0].top - innerHeight / 2);
    const at = control.getClientRects()[0];
    const hit = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
    if (!hit || !(control === hit || control.contains(hit) || hit.closest('label')?.contains(control))) {
      const name = control.getAttribute('aria-label') ?? control.textContent?.trim() ?? control.tagName;
      wrong.push(`${control.tagName} “${name.slice(0, 60)}” at ${Math.round(at.left)} to ${Math.round(at.right)}: ${hit ? `under ${hit.tagName}.${hit.className}` : 'outside'}`);
    }
  }
  return wrong;
}

/** Addresses that this page leads to, rows that open included. */
function ways(): string[] {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href^="/"]')].map((link) => link.getAttribute('href')!.split('#')[0]);
  const rows = [...document.querySelectorAll<HTMLInputElement>('form input[name=open]')].map((field) => `${location.pathname}?open=${field.value}`);
  return [...links, ...rows];
}

/** Pages that differ by what they show, not by whose it is. */
const kind = (address: string) =>
  address.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replace(/[A-Z]{1,3}-\d{4}-\d+/g, 'NUMBER').replace(/\?(?!open=).*$/, '').replace(/\/keys\/[a-z0-9-]+/, '/keys/PRODUCT');

/** Goes through every kind of page of somebody's, each at every width. */
async function everyWhere(page: Page) {
  const seen = new Map<string, number>();
  const found: string[] = [];
  const waiting = ['/'];
  for (let address = waiting.shift(); address; address = waiting.shift()) {
    const tried = seen.get(kind(address)) ?? 0;
    // What opens looks different from benefit to benefit.
    if (tried >= (address.includes('open=') ? 4 : 1) || /^\/(pkg|texts|export|sign-in|calendar)|\.(pdf|csv|toml|ics)$/.test(address)) continue;
    seen.set(kind(address), tried + 1);
    await visit(page, address, false);
    waiting.push(...(await page.evaluate(ways)));
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      // The bar and the menu are the same on all of somebody's pages.
      for (const what of await page.evaluate(misses, address === '/' ? 'body' : 'main')) found.push(`${address} at ${width} px: ${what}`);
    }
  }
  return { found, pages: seen.size };
}

for (const [who, fewest] of [['anna', 25], ['olga', 15], ['emil', 3]] as [Person, number][]) {
  test(`what ${who} can press is hit at every width`, async ({ browser, t, locale }) => {
    // A good hundred pages at seven widths.
    test.setTimeout(300_000);
    const own = await startServer();
    try {
      // Nothing moves while it is looked at.
      const context = await browser.newContext({ baseURL: own.url, locale, javaScriptEnabled: false, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await enter(page, 'anna', t, false);
      await visit(page, '/account/users/new', false);
      await page.getByLabel(t('users.name'), { exact: true }).fill(NAME);
      await page.getByLabel(t('users.email'), { exact: true }).fill(GUEST);
      await page.getByRole('button', { name: t('people.add'), exact: true }).click();
      await expect(page.getByRole('heading', { level: 1, name: t('users.added_title', { name: NAME }) })).toBeVisible();
      await context.clearCookies();
      await enter(page, who, t, false);
      const { found, pages } = await everyWhere(page);
      expect(pages, 'pages that were looked at').toBeGreaterThanOrEqual(fewest);
      expect(found).toEqual([]);
      await context.close();
    } finally {
      await own.stop();
    }
  });
}
