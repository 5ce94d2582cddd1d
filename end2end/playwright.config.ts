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
    trace: 'retain-on-failure',
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
  projects: [
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 }, locale: 'en-GB' } },
    { name: 'phone', use: { viewport: { width: 360, height: 740 }, locale: 'en-GB', hasTouch: true }, testIgnore: ['proxy.spec.ts', 'widths.spec.ts'] },
    { name: 'german', use: { viewport: { width: 1280, height: 900 }, locale: 'de-DE' }, testIgnore: 'proxy.spec.ts' },
    { name: 'no-javascript', use: { viewport: { width: 1280, height: 900 }, locale: 'en-GB', javaScriptEnabled: false }, testIgnore: ['proxy.spec.ts', 'scripted.spec.ts', 'widths.spec.ts'] },
  ],
});
