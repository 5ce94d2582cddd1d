// Users, roles, invitations, leaving; becoming a global admin; not a member yet.
import { addUser, choose, EMAIL, expect, isSound, pick, settled, test, visit } from './fixtures';

const NEW_PASSWORD = 'korrekt pferd batterie klammer';

test('a user is added, joins by the link, gets a role', async ({ page, t, signIn, scripted, browser, server, locale, javaScriptEnabled, viewport }) => {
  await signIn('ursula');
  await page.getByRole('navigation', { name: t('shell.menu') }).getByRole('link', { name: t('users.title') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('users.title') })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByRole('link', { name: t('people.add') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('people.add') })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  // What a user admin may not grant is there, disabled, with the reason.
  await expect(page.getByRole('checkbox', { name: new RegExp(t('words.role_global_admin')) })).toBeDisabled();
  await expect(page.getByText(t('users.only_global'))).toBeVisible();
  await page.getByLabel(t('users.name'), { exact: true }).fill('Anna Again');
  await page.getByLabel(t('users.email'), { exact: true }).fill(EMAIL.anna.toUpperCase());
  await page.getByRole('button', { name: t('people.add'), exact: true }).click();
  await expect(page.getByText(t('refusals.email_taken'))).toBeVisible();
  await expect(page.getByLabel(t('users.name'), { exact: true })).toHaveValue('Anna Again');
  const name = await addUser(page, t, 'Ida', scripted);
  const link = (await page.locator('code.select-all').textContent())!;
  expect(link).toContain(`${server}/invitation?token=`);
  await isSound(page, scripted);
  const guest = await (await browser.newContext({ baseURL: server, locale, javaScriptEnabled, viewport })).newPage();
  await guest.goto(link);
  // The token stands neither in the address bar nor in the page.
  await expect(guest).toHaveURL(`${server}/invitation`);
  expect(await guest.content()).not.toContain(link.split('=')[1]);
  await expect(guest.getByText(name, { exact: false })).toBeVisible();
  await isSound(guest, scripted);
  await guest.getByLabel(t('setup.password'), { exact: true }).fill(NEW_PASSWORD);
  await guest.getByLabel(t('setup.repeat'), { exact: true }).fill('something else');
  await guest.getByRole('button', { name: t('invitation.submit') }).click();
  await expect(guest.getByText(t('refusals.password_repeat'))).toBeVisible();
  await guest.getByLabel(t('setup.password'), { exact: true }).fill(NEW_PASSWORD);
  await guest.getByLabel(t('setup.repeat'), { exact: true }).fill(NEW_PASSWORD);
  await guest.getByRole('button', { name: t('invitation.submit') }).click();
  await expect(guest.getByText(t('invitation.done'))).toBeVisible();
  await guest.getByLabel(t('sign_in.email')).fill(`${name.toLowerCase().replace(/[^a-z0-9]/g, '.')}@contoso.example`);
  await guest.getByLabel(t('sign_in.password')).fill(NEW_PASSWORD);
  await guest.getByRole('button', { name: t('sign_in.submit'), exact: true }).click();
  await expect(guest.getByRole('link', { name: t('shell.my_benefits') }).first()).toBeVisible();
  // The link worked once.
  await guest.goto(link);
  await expect(guest.getByText(t('refusals.invitation'))).toBeVisible();
  await guest.context().close();
  await visit(page, '/account/users', scripted);
  await page.getByLabel(t('people.find')).fill(name);
  await page.getByRole('button', { name: t('people.find_submit'), exact: true }).click();
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByRole('checkbox', { name: new RegExp(t('words.role_admin_agent')) }).check();
  await page.getByRole('button', { name: t('users.save_roles') }).click();
  await expect(page.getByText(t('users.done_roles'))).toBeVisible();
  await expect(page.getByRole('checkbox', { name: new RegExp(t('words.role_admin_agent')) })).toBeChecked();
});

test('the last Global admin cannot go; nobody raises themselves', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  await visit(page, '/account/users', scripted);
  await expect(page.getByText(t('users.few_admins_text'))).toBeVisible();
  await page.getByRole('link', { name: 'Anna Global', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Anna Global' })).toBeVisible();
  await settled(page, scripted);
  await expect(page.getByRole('button', { name: t('users.disable') })).toBeDisabled();
  await page.getByRole('checkbox', { name: new RegExp(t('words.role_global_admin')) }).uncheck();
  await page.getByRole('button', { name: t('users.save_roles') }).click();
  await expect(page.getByRole('alert').getByText(t('refusals.last_global_admin'))).toBeVisible();
  await visit(page, new URL(page.url()).pathname, scripted);
  await page.getByRole('checkbox', { name: new RegExp(t('words.role_user_admin')) }).check();
  await page.getByRole('button', { name: t('users.save_roles') }).click();
  await expect(page.getByRole('alert').getByText(t('refusals.not_to_oneself'))).toBeVisible();
});

test('somebody leaves: their seats go to a colleague, their account is disabled, and can come back', async ({ page, t, signIn, scripted }) => {
  await signIn('anna');
  const leo = await addUser(page, t, 'Leo', scripted);
  const mia = await addUser(page, t, 'Mia', scripted);
  await visit(page, '/benefits/visual-studio', scripted);
  const row = page.getByRole('row').filter({ hasText: 'Gold Core' });
  await row.getByRole('button').first().click();
  await pick(page, t, leo, scripted);
  await page.getByRole('button', { name: t('seats.assign'), exact: true }).click();
  await expect(page.getByText(t('seats.done_assigned'))).toBeVisible();
  await visit(page, `/account/users?q=${encodeURIComponent(leo)}`, scripted);
  await page.getByRole('link', { name: leo, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: leo })).toBeVisible();
  await settled(page, scripted);
  await expect(page.getByText(t('users.keys'))).toBeVisible();
  const leaving = page.locator('details').filter({ hasText: t('users.disable_title') });
  await leaving.locator('summary').click();
  await expect(leaving).toContainText(t('users.disable_holds', { seats: '1', keys: '0' }));
  await isSound(page, scripted);
  await leaving.getByRole('radio', { name: t('users.seats_hand_over') }).check();
  // To nobody: refused in words.
  await leaving.getByRole('button', { name: t('users.disable') }).click();
  await expect(page.getByText(t('refusals.no_successor')).first()).toBeVisible();
  // That page has no scripts; the same form again, from the start.
  await visit(page, new URL(page.url()).pathname, scripted);
  const form = page.locator('details').filter({ hasText: t('users.disable_title') });
  await form.locator('summary').click();
  await form.getByRole('radio', { name: t('users.seats_hand_over') }).check();
  await form.getByLabel(t('people.find'), { exact: true }).fill(mia);
  if (!scripted) {
    await form.getByRole('button', { name: t('people.find_submit'), exact: true }).click();
    await form.locator('summary').click();
    await form.getByRole('radio', { name: t('users.seats_hand_over') }).check();
  }
  await choose(form.getByLabel(t('users.successor')), mia);
  await form.getByRole('button', { name: t('users.disable') }).click();
  await expect(page.getByText(t('users.disabled_told', { name: leo }))).toBeVisible();
  await expect(page.getByText(t('users.moved_handed_over'), { exact: true })).toBeVisible();
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('users.enable') }).click();
  await expect(page.getByText(t('users.done_enabled'))).toBeVisible();
  // Mia holds it now; she gives it back, so that other tests find the seats as they were.
  await visit(page, `/account/users?q=${encodeURIComponent(mia)}`, scripted);
  await page.getByRole('link', { name: mia, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: mia })).toBeVisible();
  await settled(page, scripted);
  const leave = page.locator('details').filter({ hasText: t('users.move_title') });
  await leave.locator('summary').click();
  await leave.getByRole('button', { name: t('users.move_submit') }).click();
  await expect(page.getByText(t('users.moved_freed'), { exact: true })).toBeVisible();
});

test('asking to become Global admin, declined with a reason, asked again, approved', async ({ page, t, signIn, scripted, browser, server, locale, javaScriptEnabled, viewport }) => {
  await signIn('adam');
  await visit(page, '/benefits/software', scripted);
  await page.getByRole('link', { name: t('global_admin.link') }).click();
  await expect(page.getByRole('heading', { level: 1, name: t('global_admin.title') })).toBeVisible();
  await settled(page, scripted);
  await expect(page.getByText(t('global_admin.ask', { names: 'Anna Global' }))).toBeVisible();
  await isSound(page, scripted);
  await page.getByLabel(t('global_admin.note')).fill('Anna is on holiday.');
  await page.getByRole('button', { name: t('global_admin.request') }).click();
  await expect(page.getByText(t('global_admin.done_requested'))).toBeVisible();
  const admin = await (await browser.newContext({ baseURL: server, locale, javaScriptEnabled, viewport })).newPage();
  await signIn('anna', admin);
  await admin.getByRole('link', { name: t('global_admin.waiting_one', { n: '1' }) }).click();
  await expect(admin.getByText('Anna is on holiday.')).toBeVisible();
  await settled(admin, scripted);
  await isSound(admin, scripted);
  await admin.getByRole('button', { name: t('global_admin.decline_of', { name: 'Adam Agent' }) }).click();
  await expect(admin.getByText(t('refusals.reason_missing'))).toBeVisible();
  await admin.getByLabel(t('global_admin.reason_label')).fill('One is enough.');
  await admin.getByRole('button', { name: t('global_admin.decline_of', { name: 'Adam Agent' }) }).click();
  await expect(admin.getByText(t('global_admin.done_declined'))).toBeVisible();
  await visit(page, '/benefits/global-admin', scripted);
  await expect(page.getByText(t('global_admin.reason', { text: 'One is enough.' }))).toBeVisible();
  await page.getByRole('button', { name: t('global_admin.request') }).click();
  await expect(page.getByText(t('global_admin.done_requested'))).toBeVisible();
  await page.getByRole('button', { name: t('global_admin.withdraw') }).click();
  await expect(page.getByText(t('global_admin.done_withdrawn'))).toBeVisible();
  await page.getByRole('button', { name: t('global_admin.request') }).click();
  await expect(page.getByText(t('global_admin.done_requested'))).toBeVisible();
  await visit(admin, '/benefits/global-admin', scripted);
  await admin.getByRole('button', { name: t('global_admin.approve_of', { name: 'Adam Agent' }) }).click();
  await expect(admin.getByText(t('global_admin.done_approved'))).toBeVisible();
  await visit(page, '/benefits/global-admin', scripted);
  await expect(page.getByText(t('global_admin.you_are'))).toBeVisible();
  // And taken away again, so that other tests find the company as it was.
  await visit(admin, '/account/users?q=adam', scripted);
  await admin.getByRole('link', { name: 'Adam Agent', exact: true }).click();
  await expect(admin.getByRole('heading', { level: 1, name: 'Adam Agent' })).toBeVisible();
  await settled(admin, scripted);
  await admin.getByRole('checkbox', { name: new RegExp(t('words.role_global_admin')) }).uncheck();
  await admin.getByRole('button', { name: t('users.save_roles') }).click();
  await expect(admin.getByText(t('users.done_roles'))).toBeVisible();
  await admin.context().close();
});

test('a company without Global admin or package: how to join, proof of the domain, the operator decides', async ({ page, t, signIn, scripted, browser, server, locale, javaScriptEnabled, viewport }) => {
  await signIn('nora');
  await visit(page, '/benefits/software', scripted);
  await expect(page.getByText(t('dashboard.no_package'))).toBeVisible();
  await expect(page.getByRole('link', { name: t('dashboard.join') })).toHaveAttribute('href', /^https:/);
  await isSound(page, scripted);
  await page.getByRole('link', { name: t('global_admin.link') }).click();
  await settled(page, scripted);
  await expect(page.getByText(t('global_admin.ask_none'))).toBeVisible();
  await page.getByRole('button', { name: t('global_admin.request') }).click();
  await expect(page.getByRole('heading', { name: t('global_admin.verify') })).toBeVisible();
  await expect(page.getByText('_vorteil.northwind.example')).toBeVisible();
  await expect(page.getByText(/^vorteil-verification=/)).toBeVisible();
  await settled(page, scripted);
  await isSound(page, scripted);
  await page.getByRole('button', { name: t('global_admin.check') }).click();
  await expect(page.getByText(t('refusals.proof_not_found'))).toBeVisible({ timeout: 20_000 });
  const staff = await (await browser.newContext({ baseURL: server, locale, javaScriptEnabled, viewport })).newPage();
  await signIn('olga', staff);
  await expect(staff.getByRole('main').locator('a[href="/operator/queue"]')).toBeVisible();
  await visit(staff, '/operator/queue?kind=role_request', scripted);
  await expect(staff.getByRole('heading', { level: 1, name: t('shell.queue') })).toBeVisible();
  await isSound(staff, scripted);
  await staff.getByRole('link', { name: t('operator.open_work', { subject: t('operator.kind_role_request'), company: 'Northwind', person: 'Nora New' }) }).click();
  await expect(staff.getByRole('heading', { level: 1, name: t('operator.kind_role_request') })).toBeVisible();
  await settled(staff, scripted);
  await isSound(staff, scripted);
  await staff.getByRole('button', { name: t('global_admin.approve_of', { name: 'Nora New' }) }).click();
  await expect(staff.getByText(t('operator.done_approved'))).toBeVisible();
  await expect(staff.getByText(t('operator.finished'))).toBeVisible();
  await staff.context().close();
  await visit(page, '/benefits/global-admin', scripted);
  await expect(page.getByText(t('global_admin.you_are'))).toBeVisible();
});
