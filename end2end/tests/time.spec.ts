// What the program does by itself: reminders, the calendar, the jobs.
import ICAL from 'ical.js';
import { expect, isSound, settled, test, visit } from './fixtures';

test('reminders are chosen; nobody opts out of the last one', async ({ page, t, signIn, scripted }) => {
  await signIn('ursula');
  await visit(page, '/account/profile', scripted);
  await isSound(page, scripted);
  const box = (n: string) => page.getByRole('checkbox', { name: new RegExp(`^${n} `) });
  await expect(box('1')).toBeDisabled();
  await expect(box('1')).toBeChecked();
  for (const n of ['90', '60', '30', '7']) await expect(box(n)).toBeChecked();
  await box('90').uncheck();
  await box('7').uncheck();
  const form = page.locator('form').filter({ has: page.getByRole('group', { name: t('profile.days_before') }) });
  await form.getByRole('button', { name: t('profile.save'), exact: true }).click();
  await expect(page.getByText(t('profile.reminders_done'))).toBeVisible();
  await settled(page, scripted);
  await expect(box('90')).not.toBeChecked();
  await expect(box('60')).toBeChecked();
  await expect(box('7')).not.toBeChecked();
  await expect(box('1')).toBeChecked();
});

test('a calendar at a secret address, valid for another parser, until it is revoked', async ({ page, t, signIn, scripted, language, request }) => {
  await signIn('marta');
  await visit(page, '/account/profile', scripted);
  await page.getByRole('button', { name: t('profile.calendar_make'), exact: true }).click();
  const address = await page.getByLabel(t('profile.calendar_address'), { exact: true }).inputValue();
  await isSound(page, scripted);
  // Shown once.
  await visit(page, '/account/profile', scripted);
  expect(await page.content()).not.toContain(address.split('/').pop()!.slice(0, 20));
  await expect(page.getByRole('button', { name: t('profile.calendar_again'), exact: true })).toBeVisible();
  // Another program reads it, without a cookie.
  const answer = await request.get(address, { headers: { cookie: '' } });
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toBe('text/calendar; charset=utf-8');
  const text = await answer.text();
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75), 'lines are folded').toBe(true);
  const calendar = new ICAL.Component(ICAL.parse(text));
  expect(calendar.getFirstPropertyValue('version')).toBe('2.0');
  const events = calendar.getAllSubcomponents('vevent').map((e) => new ICAL.Event(e));
  expect(events.length).toBeGreaterThan(10);
  expect(new Set(events.map((e) => e.uid)).size, 'each has its own name').toBe(events.length);
  for (const event of events) {
    expect(event.startDate.isDate, event.summary).toBe(true);
    expect(event.endDate.subtractDate(event.startDate).toSeconds()).toBe(86_400);
    expect(event.component.getFirstPropertyValue('dtstamp')).toBeTruthy();
  }
  const ends = events.find((e) => e.summary === t('calendar.term', { name: 'Gold Core' }))!;
  const renewal = events.find((e) => e.summary === t('calendar.renewal', { name: 'Gold Core' }))!;
  const last = events.find((e) => e.summary === t('calendar.renewal_ends', { name: 'Gold Core' }))!;
  if (language === 'en') {
    expect(ends.startDate.subtractDate(renewal.startDate).toSeconds()).toBe(30 * 86_400);
    expect(last.startDate.subtractDate(ends.startDate).toSeconds()).toBe(30 * 86_400);
  }
  // A made-up address is none; a revoked one neither.
  expect((await request.get(address.replace(/.{6}\.ics$/, 'AAAAAA.ics'))).status()).toBe(404);
  await page.getByRole('button', { name: t('profile.calendar_revoke'), exact: true }).click();
  await expect(page.getByText(t('profile.calendar_revoked'))).toBeVisible();
  expect((await request.get(address)).status()).toBe(404);
});

test('the jobs, for operators and for a load balancer', async ({ page, t, signIn, scripted, request }) => {
  await signIn('olga');
  await visit(page, '/operator/jobs', scripted);
  await expect(page.getByRole('heading', { level: 1, name: t('shell.jobs') })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: t('operator.job_remind') })).toContainText(t('operator.job_on_time'));
  await isSound(page, scripted);
  const ready = await (await request.get('/readyz')).json();
  expect(ready.status).toBe('ready');
  expect(ready.jobs.map((j: { job: string }) => j.job)).toEqual(['expire', 'orders', 'remind', 'clean']);
  // Gina's package ends in 25 days: she is told, once, and the outbox shows how.
  const reminder = page.getByRole('row').filter({ hasText: 'gina.global@fabrikam.example' }).filter({ hasText: t('outbox.kind_reminders') });
  await expect(async () => {
    // The server has only just started: its jobs may still be at work.
    await visit(page, '/operator/outbox', scripted);
    await expect(reminder).toHaveCount(1, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await reminder.getByRole('link').click();
  await expect(page.getByText(/^(Ends|Endet): Silver Core$/)).toBeVisible();
  await isSound(page, scripted);
});
