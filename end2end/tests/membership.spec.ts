// What is on sale, an order from the form to the refund, its invoice.
import type { Browser, Page } from '@playwright/test';
import { enter, expect, isSound, settled, startServer, test, visit, type Person, type Words } from './fixtures';

const today = () => new Date().toISOString().slice(0, 10);

/** Somebody in a browser of their own, on a server of its own. */
async function visitor(browser: Browser, url: string, who: Person, t: Words, options: object, scripted: boolean) {
  const page = await (await browser.newContext({ baseURL: url, ...options })).newPage();
  await enter(page, who, t, scripted);
  return page;
}

async function fillBill(page: Page, t: Words, po: string) {
  await page.getByLabel(t('membership.address'), { exact: true }).fill('Quay 1\n20457 Hamburg');
  await page.getByLabel(t('membership.country'), { exact: true }).fill('Germany');
  await page.getByLabel(t('membership.tax_id'), { exact: true }).fill('DE 987654321');
  await page.getByLabel(t('membership.purchase_order'), { exact: true }).fill(po);
}

/** The fields of a payment or a refund. */
async function transfer(page: Page, t: Words, amount: string) {
  await page.getByLabel(t('console.amount'), { exact: true }).fill(amount);
  await page.getByLabel(t('console.day'), { exact: true }).fill(today());
  await page.getByLabel(t('console.reference'), { exact: true }).fill('TX 4711');
}

test('packages side by side, and why one is not sold to this company', async ({ page, t, signIn, scripted, language }) => {
  await signIn('adam');
  await visit(page, '/membership/offers', scripted);
  await isSound(page, scripted);
  const card = (name: string) => page.locator('section.card').filter({ has: page.getByRole('heading', { level: 2, name, exact: true }) });
  await expect(card('Gold Core')).toContainText(language === 'de' ? '4.730,00 USD' : '4,730.00 USD');
  await expect(card('Silver Core')).toContainText(t('membership.refuse_excluded', { name: 'Gold Core' }));
  const held = t('membership.refuse_held', { until: '|', from: '|' }).split('|')[0];
  await expect(card('Gold Core')).toContainText(held);
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Visual Studio Enterprise' }) });
  await expect(row).toContainText('5');
  await expect(row).toContainText('10');
  // Whoever comes by the address reads the reason, and finds no form.
  await visit(page, '/membership/offers/silver-core', scripted);
  await expect(page.getByText(t('membership.refuse_excluded', { name: 'Gold Core' }))).toBeVisible();
  await expect(page.getByRole('button', { name: t('membership.place_order'), exact: true })).toHaveCount(0);
  await isSound(page, scripted);
});

test('bought, paid by the operator, and the open page turns active by itself', async ({ browser, t, scripted, language, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const options = { locale, viewport, javaScriptEnabled };
  const nora = await visitor(browser, server.url, 'nora', t, options, scripted);
  await nora.getByRole('main').getByRole('link', { name: t('dashboard.to_offers') }).click();
  await expect(nora.getByRole('heading', { level: 1, name: t('membership.offers') })).toBeVisible();
  await nora.getByRole('link', { name: t('membership.buy_name', { name: 'Silver Core' }) }).click();
  await expect(nora.getByRole('heading', { level: 1, name: t('membership.new_title', { name: 'Silver Core' }) })).toBeVisible();
  await settled(nora, scripted);
  await isSound(nora, scripted);
  // A tax id of letters is refused at its field, and nothing that was typed is lost.
  await fillBill(nora, t, 'PO-7');
  await nora.getByLabel(t('membership.tax_id'), { exact: true }).fill('none');
  await nora.getByRole('button', { name: t('membership.place_order'), exact: true }).click();
  await expect(nora.getByText(t('told.tax_id'))).toBeVisible();
  await expect(nora.getByLabel(t('membership.purchase_order'), { exact: true })).toHaveValue('PO-7');
  await nora.getByLabel(t('membership.tax_id'), { exact: true }).fill('DE 987654321');
  await nora.getByRole('button', { name: t('membership.place_order'), exact: true }).click();
  await expect(nora.getByText(t('membership.done_placed'))).toBeVisible();
  await settled(nora, scripted);
  await isSound(nora, scripted);
  await expect(nora.getByText('IBAN DE02')).toBeVisible();
  const number = (await nora.getByRole('heading', { level: 1 }).innerText()).match(/V-\d{4}-\d{5}/)![0];
  const order = new URL(nora.url()).pathname;
  // The invoice as a page and as a PDF.
  await visit(nora, `${order}/invoice`, scripted);
  await isSound(nora, scripted);
  await expect(nora.getByRole('heading', { level: 1, name: `${t('invoice.heading')} ${number}` })).toBeVisible();
  await expect(nora.getByRole('article')).toContainText('PO-7');
  await expect(nora.getByRole('article')).toContainText(language === 'de' ? '1.670,00 USD' : '1,670.00 USD');
  const pdf = await nora.request.get(`${order}/invoice.pdf`);
  expect(pdf.headers()['content-type']).toBe('application/pdf');
  expect(pdf.headers()['content-disposition']).toBe(`attachment; filename="${number}.pdf"`);
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
  await visit(nora, order, scripted);

  const olga = await visitor(browser, server.url, 'olga', t, options, scripted);
  await visit(olga, '/operator/queue?kind=payment', scripted);
  await isSound(olga, scripted);
  await olga.getByRole('link', { name: new RegExp(number) }).click();
  await expect(olga.getByRole('heading', { level: 3, name: t('console.payment_title') })).toBeVisible();
  await settled(olga, scripted);
  await isSound(olga, scripted);
  await transfer(olga, t, '1670.01');
  await olga.getByRole('button', { name: t('console.payment_record'), exact: true }).click();
  await expect(olga.getByText(t('told.amount_differs', { amount: language === 'de' ? '1.670,00 USD' : '1,670.00 USD' }))).toBeVisible();
  await transfer(olga, t, language === 'de' ? '1670,00' : '1670.00');
  await olga.getByRole('button', { name: t('console.payment_record'), exact: true }).click();
  await expect(olga.getByText(t('console.done_paid'))).toBeVisible();
  await expect(olga.getByText(t('operator.finished'))).toBeVisible();

  // The page that Nora left open says so by itself.
  if (!scripted) await visit(nora, order, scripted);
  await expect(nora.getByText(t('membership.state_active'), { exact: true })).toBeVisible();
  await expect(nora.getByRole('heading', { level: 2, name: t('membership.steps') })).toBeVisible();
  await isSound(nora, scripted);
  await visit(nora, '/benefits/software', scripted);
  await expect(nora.getByRole('row').filter({ hasText: 'Office Professional Plus 2019' })).toContainText('Silver Core');
  await visit(nora, '/membership/orders', scripted);
  await expect(nora.getByRole('row').filter({ hasText: number })).toContainText(t('membership.state_active'));
  await isSound(nora, scripted);

  // An unpaid order is cancelled at once.
  await visit(nora, '/membership/offers/action-pack', scripted);
  await nora.getByRole('button', { name: t('membership.place_order'), exact: true }).click();
  await expect(nora.getByText(t('membership.done_placed'))).toBeVisible();
  await nora.getByRole('button', { name: t('membership.withdraw'), exact: true }).click();
  await expect(nora.getByText(t('membership.done_withdrawn'))).toBeVisible();
  await expect(nora.getByText(t('membership.state_withdrawn'), { exact: true })).toBeVisible();
  // An admin agent may not ask for a refund: the page says who may.
  await visit(nora, order, scripted);
  await expect(nora.getByRole('button', { name: t('membership.cancel_open'), exact: true })).toBeDisabled();
  await nora.context().close();
  await olga.context().close();
  await server.stop();
});

test('one order is given back, another no more, and the page says exactly why', async ({ browser, t, scripted, language, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const options = { locale, viewport, javaScriptEnabled };
  const marta = await visitor(browser, server.url, 'marta', t, options, scripted);
  const open = async (name: string) => {
    await visit(marta, '/membership/orders', scripted);
    await marta.getByRole('row').filter({ hasText: name }).getByRole('link').first().click();
    await expect(marta.getByRole('heading', { level: 2, name: t('membership.cancel_title') })).toBeVisible();
    await settled(marta, scripted);
  };
  // Gold Core: a key was seen, by whom and when.
  await open('Gold Core');
  await expect(marta.getByText(new RegExp(t('membership.why_key', { product: 'Office Professional Plus 2019', name: 'Marta MPN', date: '.+' }).replace(/[()]/g, '.')))).toBeVisible();
  await expect(marta.getByRole('link', { name: t('membership.cancel_open'), exact: true })).toHaveCount(0);
  await isSound(marta, scripted);
  // Action Pack: nothing was seen.
  await open('Action Pack');
  await marta.getByRole('link', { name: t('membership.cancel_open'), exact: true }).click();
  await expect(marta.getByRole('heading', { level: 1, name: t('membership.cancel_page', { package: 'Action Pack' }) })).toBeVisible();
  await settled(marta, scripted);
  await isSound(marta, scripted);
  await marta.getByLabel(t('membership.cancel_reason'), { exact: true }).fill('Bought by mistake.');
  await marta.getByRole('button', { name: t('membership.cancel_submit'), exact: true }).click();
  await expect(marta.getByText(t('membership.done_requested'))).toBeVisible();
  await settled(marta, scripted);
  await isSound(marta, scripted);
  const request = marta.url();
  // While it waits, no key is shown.
  const anna = await visitor(browser, server.url, 'anna', t, options, scripted);
  await visit(anna, '/benefits/software', scripted);
  const row = anna.getByRole('row').filter({ hasText: 'Visio Professional 2019' }).filter({ hasText: 'Action Pack' });
  await row.getByRole('button').first().click();
  await anna.getByRole('button', { name: t('software.get_keys'), exact: true }).click();
  if (await anna.getByRole('button', { name: t('software.confirm'), exact: true }).count()) await anna.getByRole('button', { name: t('software.confirm'), exact: true }).click();
  await expect(anna.getByText(new RegExp(t('refusals.reveal_cancellation', { date: '.+' })))).toBeVisible();

  const olga = await visitor(browser, server.url, 'olga', t, options, scripted);
  await visit(olga, '/operator/queue?kind=cancellation', scripted);
  await olga.getByRole('row').filter({ hasText: 'Action Pack' }).getByRole('link').first().click();
  await expect(olga.getByRole('heading', { level: 3, name: t('console.approve_title') })).toBeVisible();
  await settled(olga, scripted);
  await isSound(olga, scripted);
  await expect(olga.getByText('Bought by mistake.')).toBeVisible();
  await transfer(olga, t, language === 'de' ? '475,00' : '475.00');
  await olga.getByRole('button', { name: t('console.approve'), exact: true }).click();
  await expect(olga.getByText(t('console.done_refunded'))).toBeVisible();

  if (!scripted) await visit(marta, request, scripted);
  await expect(marta.getByText(t('membership.cancel_state_approved'), { exact: true })).toBeVisible();
  await expect(marta.getByText('TX 4711')).toBeVisible();
  await open('Action Pack');
  await expect(marta.getByText(t('membership.state_refunded'), { exact: true })).toBeVisible();
  await visit(marta, '/', scripted);
  await expect(marta.getByRole('heading', { level: 3, name: 'Action Pack', exact: true })).toHaveCount(0);
  for (const page of [marta, anna, olga]) await page.context().close();
  await server.stop();
});

test('renewed in the window; a decline is read with its reason', async ({ browser, t, scripted, locale, viewport, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const options = { locale, viewport, javaScriptEnabled };
  const gina = await visitor(browser, server.url, 'gina', t, options, scripted);
  await gina.getByRole('link', { name: t('dashboard.renew_of', { name: 'Silver Core' }) }).click();
  await expect(gina.getByRole('heading', { level: 1, name: t('membership.renew_title', { name: 'Silver Core' }) })).toBeVisible();
  await settled(gina, scripted);
  await expect(gina.getByText(t('membership.changes_none'))).toBeVisible();
  await isSound(gina, scripted);
  await gina.getByRole('button', { name: t('membership.place_order'), exact: true }).click();
  await expect(gina.getByText(t('membership.done_placed'))).toBeVisible();
  const order = new URL(gina.url()).pathname;
  const number = (await gina.getByRole('heading', { level: 1 }).innerText()).match(/V-\d{4}-\d{5}/)![0];
  const olga = await visitor(browser, server.url, 'olga', t, options, scripted);
  await visit(olga, '/operator/orders?filter=open', scripted);
  await isSound(olga, scripted);
  await olga.getByRole('link', { name: number, exact: true }).click();
  await expect(olga.getByText(t('console.payment_hint_later'))).toBeVisible();
  await settled(olga, scripted);
  await isSound(olga, scripted);
  await transfer(olga, t, '1670.00');
  await olga.getByRole('button', { name: t('console.payment_record'), exact: true }).click();
  await expect(olga.getByText(t('console.done_paid'))).toBeVisible();
  await visit(gina, order, scripted);
  await expect(gina.getByText(t('membership.state_upcoming'), { exact: true })).toBeVisible();
  await visit(gina, '/', scripted);
  await expect(gina.getByText(new RegExp(t('dashboard.renewed', { date: '.+' })))).toBeVisible();
  await isSound(gina, scripted);
  // Asked back before it began, and declined.
  await visit(gina, `${order.split('?')[0]}/cancellation`, scripted);
  await gina.getByLabel(t('membership.cancel_reason'), { exact: true }).fill('We change our plans.');
  await gina.getByRole('button', { name: t('membership.cancel_submit'), exact: true }).click();
  await expect(gina.getByText(t('membership.done_requested'))).toBeVisible();
  const request = gina.url();
  await visit(olga, '/operator/queue?kind=cancellation', scripted);
  await olga.getByRole('row').filter({ hasText: 'Silver Core' }).getByRole('link').first().click();
  await expect(olga.getByRole('heading', { level: 3, name: t('operator.decline_title') })).toBeVisible();
  await olga.getByLabel(t('operator.reason'), { exact: true }).fill('Call us first.');
  await olga.getByRole('button', { name: t('operator.decline'), exact: true }).click();
  await expect(olga.getByText(t('operator.done_declined'))).toBeVisible();
  await visit(gina, request, scripted);
  await expect(gina.getByText('Call us first.')).toBeVisible();
  await expect(gina.getByText(t('membership.cancel_state_declined'), { exact: true })).toBeVisible();
  await gina.context().close();
  await olga.context().close();
  await server.stop();
});
