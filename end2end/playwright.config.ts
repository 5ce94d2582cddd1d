import { defineConfig } from '@playwright/test';

// Two workers on two cores. Each has a server of its own, on a database of its own (fixtures.ts),
// so that no test sees what another did.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  retries: 0,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [['list']],
  use: {
    // Pictures of every step would cost a third of the time.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // What a proxy carries is the same for each of them: proxy.spec.ts is the first one's.
  // A journey runs where it can differ. Everything runs on the desktop, and without JavaScript what is
  // not about scripts. On a phone: what is drawn otherwise there. In German: what has the most words.
  // That a page never dies, everywhere.
  projects: [
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 }, locale: 'en-GB' } },
    {
      name: 'phone',
      use: { viewport: { width: 360, height: 740 }, locale: 'en-GB', hasTouch: true },
      testMatch: /(never-dies|scripted|shell|software|seats|people|go-to-market)\.spec\.ts/,
    },
    {
      name: 'german',
      use: { viewport: { width: 1280, height: 900 }, locale: 'de-DE' },
      testMatch: /(never-dies|scripted|shell|technical|membership|time|widths)\.spec\.ts/,
    },
    {
      name: 'no-javascript',
      use: { viewport: { width: 1280, height: 900 }, locale: 'en-GB', javaScriptEnabled: false },
      testIgnore: /(proxy|scripted|widths)\.spec\.ts/,
    },
  ],
});
