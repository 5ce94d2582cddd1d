// Support over days by two sides, advisory cases, the queue, mail.
import type { Browser, Page } from '@playwright/test';
import { startSmtp } from '../smtp.mjs';
import { EMAIL, expect, isSound, pick, settled, startServer, test, visit, type Words } from './fixtures';

/** A server of this test's own, whose mails go to a mail server of this test's own. */
const withMail = test.extend<{ smtp: Awaited<ReturnType<typeof startSmtp>>; own: string }>({
  smtp: async ({}, use) => {
    const smtp = await startSmtp();
    await use(smtp);
    await smtp.close();
  },
  own: async ({ smtp }, use) => {
    const running = await startServer({ VORTEIL_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, VORTEIL_MAIL_FROM: 'Vorteil <benefits@programme.example>' });
    await use(running.url);
    await running.stop();
  },
  baseURL: async ({ own }, use) => use(own),
});

type Options = { locale?: string; javaScriptEnabled?: boolean; viewport?: { width: number; height: number } | null };
async function second(browser: Browser, baseURL: string, options: Options): Promise<Page> {
  return (await browser.newContext({ baseURL, ...options })).newPage();
}

/** Opens the row of a benefit in its package; gives its details. */
async function open(page: Page, t: Words, name: string, pack: string, scripted: boolean) {
  await visit(page, '/benefits/technical', scripted);
  const row = page.getByRole('row').filter({ hasText: name }).filter({ hasText: pack }).first();
  await row.getByRole('button', { name: t('benefits.details_of', { name }) }).click();
  await expect(row.getByRole('button', { name: t('benefits.details_of', { name }) })).toHaveAttribute('aria-expanded', 'true');
  await settled(page, scripted);
}

withMail.describe.configure({ timeout: 90_000 });
withMail('support is asked for, fulfilled, both addresses are told, the ids appear', async ({ page, t, language, signIn, scripted, browser, own, smtp, locale, javaScriptEnabled, viewport }) => {
  const name = language === 'de' ? 'Produktsupportfälle' : 'Product support incidents';
  await signIn('anna');
  await open(page, t, name, 'Action Pack', scripted);
  await isSound(page, scripted);
  // The company's own address is refused, with words, and what was chosen stays.
  await pick(page, t, 'Emil', scripted, 'technical.select');
  const alternative = page.getByLabel(t('technical.alternative'), { exact: true });
  await alternative.fill(' Office@Contoso.Example');
  if (scripted) {
    await expect(page.getByText(t('refusals.email_company'))).toBeVisible();
    await alternative.fill(EMAIL.emil.toUpperCase());
    await expect(page.getByText(t('refusals.email_account'))).toBeVisible();
    await expect(alternative).toHaveAttribute('aria-invalid', 'true');
  }
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t(scripted ? 'refusals.email_account' : 'refusals.email_company'))).toBeVisible();
  await isSound(page, scripted);
  await page.getByLabel(t('technical.alternative'), { exact: true }).fill('emil@home.example');
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t('technical.done_requested'))).toBeVisible();
  await expect(page.getByText(t('technical.pending_next', { name: 'Emil Employee', account: EMAIL.emil, email: 'emil@home.example' }))).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  // The other side.
  const olga = await second(browser, own, { locale, javaScriptEnabled, viewport });
  await signIn('olga', olga, scripted);
  await visit(olga, '/operator/queue', scripted);
  await expect(olga.getByRole('heading', { level: 1, name: t('shell.queue') })).toBeVisible();
  await isSound(olga, scripted);
  // The oldest first: the newest of the two support requests is the last.
  await olga.getByRole('link', { name: t('operator.open_work', { subject: name, company: 'Contoso GmbH', person: 'Anna Global' }) }).last().click();
  await expect(olga.getByRole('heading', { level: 1, name })).toBeVisible();
  await settled(olga, scripted);
  await isSound(olga, scripted);
  await olga.getByRole('button', { name: new RegExp(`^${t('operator.take')}: `) }).click();
  await expect(olga.getByText(t('operator.done_taken'))).toBeVisible();
  await settled(olga, scripted);
  await olga.getByLabel(t('technical.access_id'), { exact: true }).fill('two words');
  await olga.getByLabel(t('technical.contract_id'), { exact: true }).fill('C-4711');
  await olga.getByRole('button', { name: t('operator.fulfil'), exact: true }).click();
  await expect(olga.getByText(t('refusals.access_id'))).toBeVisible();
  await expect(olga.getByLabel(t('technical.contract_id'), { exact: true })).toHaveValue('C-4711');
  await olga.getByLabel(t('technical.access_id'), { exact: true }).fill('A-0815');
  await olga.getByRole('button', { name: t('operator.fulfil'), exact: true }).click();
  await expect(olga.getByText(t('operator.done_fulfilled'))).toBeVisible();
  // Both mails, in the language of the browser that acts, without the ids.
  for (const address of [EMAIL.emil, 'emil@home.example']) {
    const mail = await smtp.wait((m) => m.to[0] === address && m.subject === t('mails.support_subject'));
    expect(mail.text).toContain(t('mails.support_text', { company: 'Contoso GmbH', person: 'Emil Employee' }));
    expect(mail.html).toContain(`<html lang="${language}">`);
    expect(mail.text + mail.html).not.toMatch(/A-0815|C-4711/);
    expect(mail.text).toContain(`${own}/my-benefits`);
  }
  await open(page, t, name, 'Action Pack', scripted);
  await expect(page.getByText('A-0815')).toBeVisible();
  await expect(page.getByText('C-4711')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Action Pack' }).filter({ hasText: name }).first().getByText(t('words.status_active'))).toBeVisible();
  await isSound(page, scripted);
  // Emil has no role, and finds them all the same.
  const emil = await second(browser, own, { locale, javaScriptEnabled, viewport });
  await signIn('emil', emil, scripted);
  await visit(emil, '/my-benefits', scripted);
  await expect(emil.getByText('A-0815')).toBeVisible();
  await isSound(emil, scripted);
  // The outbox tells the operator.
  await visit(olga, '/operator/outbox?state=sent', scripted);
  await expect(olga.getByRole('link', { name: /^emil@home\.example/ })).toBeVisible();
  await isSound(olga, scripted);
  for (const other of [olga, emil]) await other.context().close();
});

withMail('a case from draft to closed, with its hours at each step', async ({ page, t, language, signIn, scripted, browser, own, smtp, locale, javaScriptEnabled, viewport }) => {
  const name = language === 'de' ? 'Partnerberatungsstunden' : 'Partner advisory hours';
  await signIn('adam');
  const left = async (words: string) => {
    await visit(page, '/benefits/technical', scripted);
    await expect(page.getByRole('row').filter({ hasText: name }).filter({ hasText: 'Gold Core' })).toContainText(words);
  };
  const of = (n: number) => t('benefits.left_of', { left: String(n), granted: t('words.hours_other', { n: '50' }) });
  await left(of(42));
  await visit(page, '/benefits/technical/requests', scripted);
  await isSound(page, scripted);
  await page.getByRole('link', { name: t('cases.choose', { benefit: name, package: 'Gold Core' }) }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: t('cases.form_title') })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  const form = page.url();
  const field = (key: string) => page.getByLabel(t(`cases.${key}`), { exact: true });
  await field('field_title').fill('A customer moves');
  await field('field_description').fill('They have 80 people.\nThey want to move this quarter.');
  if (scripted) {
    await expect(page.getByText(t('cases.saved'))).toBeVisible();
    // Typed, and the tab closed at once.
    await field('field_product').fill('Azure Files');
    await page.goto('about:blank');
  } else {
    await field('field_product').fill('Azure Files');
    await page.getByRole('button', { name: t('cases.save'), exact: true }).click();
    await expect(page.getByText(t('cases.saved'))).toBeVisible();
  }
  // What a closed tab has sent off arrives in its own time.
  await expect(async () => {
    await visit(page, form, scripted);
    await expect(field('field_product')).toHaveValue('Azure Files', { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await expect(field('field_title')).toHaveValue('A customer moves');
  await expect(field('field_description')).toHaveValue('They have 80 people.\nThey want to move this quarter.');
  await field('field_stage').selectOption({ label: t('cases.stage_design') });
  await field('field_phone').fill('030 5550100');
  await field('field_country').fill('Germany');
  await field('field_hours').fill('26');
  await page.getByRole('button', { name: t('cases.submit'), exact: true }).click();
  await expect(page.getByText(t('refusals.phone_international'))).toBeVisible();
  await isSound(page, scripted);
  await field('field_phone').fill('+49 30 5550100');
  await page.getByRole('button', { name: t('cases.submit'), exact: true }).click();
  await expect(page.getByText(t('refusals.hours_most_other', { n: '25' }))).toBeVisible();
  await expect(field('field_title')).toHaveValue('A customer moves');
  await field('field_hours').fill('20');
  await page.getByRole('button', { name: t('cases.submit'), exact: true }).click();
  await expect(page.getByText(t('cases.done_submitted'))).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: /^AR-\d{4}-00002: A customer moves$/ })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  const number = (await page.getByRole('heading', { level: 1 }).textContent())!.split(':')[0];
  const address = new URL(page.url()).pathname;
  const confirmation = await smtp.wait((m) => m.subject === t('mails.case_submitted_subject', { number }));
  expect(confirmation.to).toEqual([EMAIL.adam]);
  expect(confirmation.text).toContain(t('mails.case_submitted_hours_other', { n: '20' }));
  await left(of(22));
  // The programme takes up contact.
  const olga = await second(browser, own, { locale, javaScriptEnabled, viewport });
  await signIn('olga', olga, scripted);
  await visit(olga, '/operator/queue?kind=advisory', scripted);
  await olga.getByRole('link', { name: t('operator.open_work', { subject: `${number} · A customer moves`, company: 'Contoso GmbH', person: 'Adam Agent' }) }).click();
  await expect(olga.getByText('They have 80 people.')).toBeVisible();
  await settled(olga, scripted);
  await isSound(olga, scripted);
  await olga.locator('#contact-text').fill('When can we call you?');
  await olga.getByRole('button', { name: t('operator.contact'), exact: true }).click();
  await expect(olga.getByText(t('operator.done_in_contact'))).toBeVisible();
  await smtp.wait((m) => m.subject === t('mails.case_moved_subject', { number, state: t('cases.state_in_contact') }) && m.text.includes('> When can we call you?'));
  await left(of(22));
  await visit(page, address, scripted);
  await expect(page.getByText('When can we call you?')).toBeVisible();
  await page.getByLabel(t('cases.message'), { exact: true }).fill('Tomorrow.\nBefore noon.');
  await page.getByRole('button', { name: t('cases.send'), exact: true }).click();
  await expect(page.getByText(t('cases.done_written'))).toBeVisible();
  // Delivered with fewer hours than were reserved.
  await visit(olga, new URL(olga.url()).pathname, scripted);
  await expect(olga.getByText('Before noon.')).toBeVisible();
  await olga.getByLabel(t('cases.used'), { exact: true }).fill('21');
  await olga.getByRole('button', { name: t('operator.deliver'), exact: true }).click();
  await expect(olga.getByText(t('refusals.hours_reserved_other', { n: '20' }))).toBeVisible();
  await olga.getByLabel(t('cases.used'), { exact: true }).fill('12');
  await olga.getByRole('button', { name: t('operator.deliver'), exact: true }).click();
  await expect(olga.getByText(t('operator.done_delivered'))).toBeVisible();
  await left(of(30));
  await visit(page, address, scripted);
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('cases.close'), exact: true }).click();
  await expect(page.getByText(t('cases.done_closed'))).toBeVisible();
  await left(of(30));
  await olga.context().close();
});

test('withdrawn while it waits; what one may not do says who may', async ({ page, t, language, signIn, scripted }) => {
  const support = language === 'de' ? 'Produktsupportfälle' : 'Product support incidents';
  await signIn('ursula');
  await open(page, t, support, 'Action Pack', scripted);
  await expect(page.getByRole('button', { name: t('seats.assign'), exact: true })).toBeDisabled();
  await expect(page.getByText(/Anna Global/)).toBeVisible();
  await isSound(page, scripted);
  // A request that is withdrawn gives its hours back.
  await visit(page, '/benefits/technical/requests', scripted);
  const presales = language === 'de' ? 'Technische Vorverkaufs- und Bereitstellungsdienste' : 'Technical presales and deployment services';
  await page.getByRole('link', { name: t('cases.choose', { benefit: presales, package: 'Gold Core' }) }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('cases.form_title') })).toBeVisible();
  await settled(page, scripted);
  for (const [key, value] of [['field_title', 'Short'], ['field_description', 'One question.'], ['field_product', 'Intune'], ['field_phone', '+49 30 5550100'], ['field_country', 'Germany'], ['field_hours', '2']]) {
    await page.getByLabel(t(`cases.${key}`), { exact: true }).fill(value);
  }
  await page.getByLabel(t('cases.field_stage'), { exact: true }).selectOption({ label: t('cases.stage_presales') });
  await page.getByRole('button', { name: t('cases.submit'), exact: true }).click();
  await expect(page.getByText(t('cases.done_submitted'))).toBeVisible();
  await page.getByRole('button', { name: t('cases.withdraw'), exact: true }).click();
  await expect(page.getByText(t('cases.done_withdrawn'))).toBeVisible();
  await expect(page.getByText(t('cases.state_withdrawn'), { exact: true }).first()).toBeVisible();
});

test('a Global admin asks for support and takes the request back', async ({ page, t, language, signIn, scripted }) => {
  const support = language === 'de' ? 'Produktsupportfälle' : 'Product support incidents';
  await signIn('gina');
  await open(page, t, support, 'Silver Core', scripted);
  await pick(page, t, 'Gina', scripted, 'technical.select');
  await page.getByLabel(t('technical.alternative'), { exact: true }).fill('gina@home.example');
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t('technical.done_requested'))).toBeVisible();
  await page.getByRole('button', { name: t('technical.withdraw'), exact: true }).click();
  await expect(page.getByText(t('technical.done_withdrawn'))).toBeVisible();
  await expect(page.getByLabel(t('technical.alternative'), { exact: true })).toBeVisible();
});

test('the queue is filtered and shared; the outbox shows mails as they look', async ({ page, t, signIn, scripted }) => {
  await signIn('olga');
  const menu = page.getByRole('navigation', { name: t('shell.menu') });
  await menu.getByRole('link', { name: t('shell.queue') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('shell.queue') })).toBeVisible();
  await settled(page, scripted);
  await page.getByRole('link', { name: new RegExp(`^${t('operator.filter_late')}`) }).click();
  await expect(page).toHaveURL(/filter=late/);
  await expect(page.getByRole('link', { name: /AR-\d{4}-00001/ })).toBeVisible();
  await page.getByRole('button', { name: new RegExp(`^${t('operator.take')}: `) }).first().click();
  await expect(page.getByText(t('operator.done_taken'))).toBeVisible();
  await page.getByRole('button', { name: new RegExp(`^${t('operator.release')}: `) }).click();
  await expect(page.getByText(t('operator.done_released'))).toBeVisible();
  await visit(page, '/operator/outbox', scripted);
  await expect(page.getByText(t('outbox.off'))).toBeVisible();
  await isSound(page, scripted);
  await page.getByLabel(t('outbox.test_to'), { exact: true }).fill('olga@home.example');
  await page.getByRole('button', { name: t('outbox.test_send'), exact: true }).click();
  await expect(page.getByText(t('outbox.done_tested'))).toBeVisible();
  await page.getByRole('link', { name: /^olga@home\.example/ }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: t('mails.test_subject') })).toBeVisible();
  await expect(page.getByText(t('mails.test_text', { by: 'Olga Operator' })).first()).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('outbox.retry'), exact: true }).click();
  await expect(page.getByText(t('outbox.done_retried'))).toBeVisible();
});
