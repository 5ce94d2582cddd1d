// Marketing contacts, offers over days by two sides, and pages that change by themselves.
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { startSmtp } from '../smtp.mjs';
import { EMAIL, expect, isSound, pick, settled, startServer, test, visit, type Words } from './fixtures';

type Running = Awaited<ReturnType<typeof startServer>>;
/** A server of this test's own, which it may kill, and a mail server of its own. */
const own = test.extend<{ smtp: Awaited<ReturnType<typeof startSmtp>>; running: Running }>({
  smtp: async ({}, use) => {
    const smtp = await startSmtp();
    await use(smtp);
    await smtp.close();
  },
  running: async ({ smtp }, use) => {
    const running = await startServer({ VORTEIL_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, VORTEIL_MAIL_FROM: 'Vorteil <benefits@programme.example>' });
    await use(running);
    await running.stop();
  },
  baseURL: async ({ running }, use) => use(running.url),
});
own.describe.configure({ timeout: 120_000 });

async function another(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

const CASE_STUDY = { en: 'Co-branded case study', de: 'Fallstudie mit gemeinsamem Branding' };
const PRESENTATION = { en: 'Co-branded presentation', de: 'Präsentation mit gemeinsamem Branding' };

const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

async function open(page: Page, t: Words, name: string, scripted: boolean) {
  await visit(page, '/benefits/go-to-market', scripted);
  const arrow = row(page, name).getByRole('button', { name: new RegExp(t('benefits.details_of', { name })) });
  await arrow.click();
  await expect(arrow).toHaveAttribute('aria-expanded', 'true');
  await settled(page, scripted);
}

/** Fills in the form of a contact that is open, and sends it. */
async function fillContact(page: Page, t: Words, details: { email: string; phone: string; language: 'English' | 'Deutsch' }) {
  await page.getByLabel(t('marketing.email'), { exact: true }).fill(details.email);
  await page.getByLabel(t('marketing.phone'), { exact: true }).fill(details.phone);
  await page.getByLabel(t('marketing.language'), { exact: true }).selectOption({ label: details.language });
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
}

own('no contact, a contact, Activate, Pending, and the open page turns Active by itself', async ({ page, t, language, signIn, scripted, browser, running, smtp, locale, javaScriptEnabled, viewport }) => {
  const name = CASE_STUDY[language];
  await signIn('marta');
  await visit(page, '/benefits/go-to-market', scripted);
  await isSound(page, scripted);
  if (page.viewportSize()!.width > 700) await expect(page.getByRole('columnheader', { name: t('benefits.expires') })).toBeVisible();
  await expect(page.getByRole('rowheader', { name: 'Gold Core', exact: true })).toBeVisible();
  // Without a contact, Activate is refused with a hint.
  await page.getByRole('button', { name: t('marketing.remove_of', { name: 'Marta MPN' }) }).click();
  await expect(page.getByText(t('marketing.done_removed'))).toBeVisible();
  await open(page, t, name, scripted);
  await expect(page.getByText(t('marketing.needs_contact'))).toBeVisible();
  await page.getByRole('button', { name: t('marketing.activate'), exact: true }).click();
  await expect(page.getByText(t('refusals.offer_no_contact'))).toBeVisible();
  await isSound(page, scripted);
  // Add: the company's own address is refused, then it is right.
  await visit(page, '/benefits/go-to-market', scripted);
  await page.getByRole('link', { name: t('marketing.add'), exact: true }).click();
  await expect(page.getByRole('heading', { name: t('marketing.add_title') })).toBeVisible();
  await pick(page, t, 'Marta', scripted, 'technical.select');
  await isSound(page, scripted);
  await fillContact(page, t, { email: ' Office@Contoso.Example', phone: '030 5550177', language: 'Deutsch' });
  await expect(page.getByText(t('refusals.email_company'))).toBeVisible();
  await fillContact(page, t, { email: 'werbung@agentur.example', phone: '030 5550177', language: 'Deutsch' });
  await expect(page.getByText(t('refusals.phone_international'))).toBeVisible();
  await expect(page.getByLabel(t('marketing.email'), { exact: true })).toHaveValue('werbung@agentur.example');
  await fillContact(page, t, { email: 'werbung@agentur.example', phone: '+49 30 5550177', language: 'Deutsch' });
  await expect(page.getByText(t('marketing.done_set'))).toBeVisible();
  await expect(page.getByRole('list').filter({ hasText: 'werbung@agentur.example' })).toContainText(t('marketing.main'));
  // Activate.
  await open(page, t, name, scripted);
  await expect(page.getByText(t('marketing.goes_to', { name: 'Marta MPN', email: 'werbung@agentur.example', language: 'Deutsch' }))).toBeVisible();
  await page.getByRole('button', { name: t('marketing.activate'), exact: true }).click();
  await expect(page.getByText(t('marketing.done_requested'))).toBeVisible();
  await settled(page, scripted);
  await expect(row(page, name)).toContainText(t('words.status_pending'));
  await expect(page.getByText(t('marketing.days'), { exact: true }).or(page.getByText(t('marketing.pending_next', { name: 'Marta MPN', email: 'werbung@agentur.example' })))).toBeVisible();
  await isSound(page, scripted);
  // Anna has the list open on her phone.
  const phone = await another(browser, { baseURL: running.url, locale, javaScriptEnabled, viewport: { width: 360, height: 740 } });
  await signIn('anna', phone);
  await visit(phone, '/benefits/go-to-market', scripted);
  await expect(row(phone, name)).toContainText(t('words.status_pending'));
  // The server is killed, and comes back: nothing that happens then is missed.
  await running.restart('SIGKILL');
  // The operator, with JavaScript whatever this project is: it is the other side.
  const olga = await another(browser, { baseURL: running.url, locale, viewport, javaScriptEnabled: true });
  await signIn('olga', olga, true);
  await visit(olga, '/operator/queue?kind=offer', true);
  await olga.getByRole('row').filter({ hasText: name }).getByRole('link', { name: new RegExp(name) }).click();
  await expect(olga.getByRole('heading', { level: 1, name })).toBeVisible();
  await settled(olga, true);
  await isSound(olga, true);
  await olga.getByLabel(t('operator.offer_text'), { exact: true }).fill('Bis bald.');
  await olga.getByRole('button', { name: t('operator.fulfil'), exact: true }).click();
  await expect(olga.getByText(t('operator.done_offer'))).toBeVisible();
  // Both open pages turn Active by themselves; without JavaScript, when they are looked at again.
  for (const shown of [page, phone]) {
    if (!scripted) await shown.reload();
    await expect(row(shown, name)).toContainText(t('words.status_active'));
    await expect(row(shown, name)).not.toContainText(t('words.status_pending'));
  }
  const date = await row(page, name).locator('time').getAttribute('datetime');
  expect(Date.parse(date!), 'six months on').toBeGreaterThan(Date.now() + 175 * 86_400_000);
  await expect(page.getByText(t('marketing.told', { name: 'Marta MPN', email: 'werbung@agentur.example' }))).toBeVisible();
  await isSound(page, scripted);
  // The mail, in the contact's language.
  const mail = await smtp.wait((m) => m.to.includes('werbung@agentur.example'));
  expect(mail.text).toContain('Das Markteinführungsangebot');
  expect(mail.text).toContain('> Bis bald.');
  await phone.context().close();
  await olga.context().close();
});

own('a form that is being filled in is not disturbed; a page catches up after the connection was lost', async ({ page, t, language, signIn, scripted, browser, running, locale }) => {
  const name = PRESENTATION[language];
  await signIn('anna');
  await open(page, t, name, scripted);
  // Marta works beside her.
  const marta = await another(browser, { baseURL: running.url, locale, javaScriptEnabled: true });
  await signIn('marta', marta, true);
  const act = async () => {
    await open(marta, t, name, true);
    await marta.getByRole('button', { name: t('marketing.activate'), exact: true }).click();
    await expect(marta.getByText(t('marketing.done_requested'))).toBeVisible();
  };
  if (!scripted) {
    // Nothing changes by itself, and nothing is missing: the next look has it.
    await act();
    await page.reload();
    await expect(row(page, name)).toContainText(t('words.status_pending'));
    await marta.context().close();
    return;
  }
  await page.getByRole('link', { name: t('marketing.update'), exact: true }).click();
  const phoneNumber = page.getByLabel(t('marketing.phone'), { exact: true });
  await phoneNumber.fill('+49 30 999');
  await act();
  await expect(page.getByText(t('shell.changed'))).toBeVisible();
  await expect(phoneNumber).toHaveValue('+49 30 999');
  await expect(row(page, name)).toContainText(t('words.status_available'));
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('shell.show_changes') }).click();
  await expect(row(page, name)).toContainText(t('words.status_pending'));
  await expect(page.getByText(t('shell.changed'))).toBeHidden();
  // Off the net, a change, on the net again.
  await page.goto('/benefits/go-to-market');
  await settled(page, scripted);
  await page.context().setOffline(true);
  await open(marta, t, name, true);
  await marta.getByRole('button', { name: t('technical.withdraw'), exact: true }).click();
  await expect(marta.getByText(t('technical.done_withdrawn'))).toBeVisible();
  await page.context().setOffline(false);
  await expect(row(page, name)).toContainText(t('words.status_available'), { timeout: 15_000 });
  await marta.context().close();
});

test('update, change, another primary contact; the picker leads out and back', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/benefits/go-to-market', scripted);
  await page.getByRole('link', { name: t('marketing.add'), exact: true }).click();
  await pick(page, t, 'Adam', scripted, 'technical.select');
  await fillContact(page, t, { email: 'adam@agentur.example', phone: '+49 30 5550188', language: 'English' });
  await expect(page.getByText(t('marketing.done_set'))).toBeVisible();
  await settled(page, scripted);
  const line = (who: string) => page.getByRole('listitem').filter({ hasText: who });
  await page.getByRole('button', { name: t('marketing.make_main_of', { name: 'Adam Agent' }) }).click();
  await expect(page.getByText(t('marketing.done_main'))).toBeVisible();
  await expect(line('Adam Agent')).toContainText(t('marketing.main'));
  await expect(line('Marta MPN')).not.toContainText(t('marketing.main'));
  await settled(page, scripted);
  // Update keeps the person and begins with what is there.
  await line('Adam Agent').getByRole('link', { name: t('marketing.update'), exact: true }).click();
  await expect(page.getByLabel(t('marketing.email'), { exact: true })).toHaveValue('adam@agentur.example');
  await isSound(page, scripted);
  await fillContact(page, t, { email: 'adam@studio.example', phone: '+49 30 5550188', language: 'English' });
  await expect(line('Adam Agent')).toContainText('adam@studio.example');
  await settled(page, scripted);
  // Change puts another person there.
  await line('Adam Agent').getByRole('link', { name: t('marketing.change'), exact: true }).click();
  await pick(page, t, 'Marta', scripted, 'technical.select');
  await fillContact(page, t, { email: 'm@studio.example', phone: '+49 30 5550188', language: 'English' });
  await expect(page.getByText(t('refusals.contact_already'))).toBeVisible();
  await pick(page, t, 'Emil', scripted, 'technical.select');
  await fillContact(page, t, { email: 'emil@studio.example', phone: '+49 30 5550188', language: 'English' });
  await expect(line('Emil Employee')).toContainText('emil@studio.example');
  await expect(line('Adam Agent')).toHaveCount(0);
  await settled(page, scripted);
  await page.getByRole('button', { name: t('marketing.make_main_of', { name: 'Marta MPN' }) }).click();
  await expect(line('Marta MPN')).toContainText(t('marketing.main'));
  await settled(page, scripted);
  await page.getByRole('button', { name: t('marketing.remove_of', { name: 'Emil Employee' }) }).click();
  await expect(page.getByText(t('marketing.done_removed'))).toBeVisible();
});

test('whoever may not open the offers is told who may', async ({ page, t, signIn, scripted }) => {
  await signIn('adam');
  const answer = await visit(page, '/benefits/go-to-market', scripted);
  expect(answer.status()).toBe(403);
  await expect(page.getByText(/Anna Global.*Marta MPN/)).toBeVisible();
  await expect(page.getByLabel(t('benefits.find'))).toBeHidden();
  await expect(page.getByRole('table')).toHaveCount(0);
  await isSound(page, scripted);
});
