// Bytes of a first visit, raw and as sent (brotli): the HTML and everything that it makes a
// browser load before the page is alive. Fails above the budget.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const BUDGET_KB = 340; // brotli, in all, for either page

const root = resolve(import.meta.dirname, '..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const folder = mkdtempSync(join(tmpdir(), 'vorteil-size-'));
const server = spawn(join(target, 'debug/vorteil'), ['serve', '--demo', '--listen', '127.0.0.1:0'], {
  cwd: folder,
  env: { ...process.env, VORTEIL_SITE: join(root, 'target/site'), VORTEIL_LOG_FILTER: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const base = await new Promise((ready, failed) => {
  let said = '';
  server.stdout.on('data', (chunk) => {
    said += chunk;
    const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
    if (found) ready(found[0]);
  });
  server.once('exit', () => failed(new Error(`the server ended: ${said}`)));
});

const signedIn = await fetch(`${base}/sign-in`, {
  method: 'POST',
  redirect: 'manual',
  headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  body: new URLSearchParams({ form: 'session/sign_in', email: 'anna.global@contoso.example', password: 'Vorteil-demo-2026' }),
});
const cookie = signedIn.headers.get('set-cookie').split(';')[0];

const site = join(root, 'target/site');
// `hash.txt` says which file is which; the manifest, which parts each lazy page needs.
const names = readFileSync(join(target, 'debug/hash.txt'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(':').map((part) => part.trim()))
  .map(([kind, hash]) => {
    if (kind === 'manifest') return `__wasm_split_manifest.${hash}.json`;
    return kind === 'split' ? `__wasm_split.${hash}.js` : `vorteil.${hash}.${kind}`;
  });
const find = (pattern) => names.find((name) => pattern.test(name));
const manifest = Object.entries(JSON.parse(readFileSync(join(site, 'pkg', find(/manifest/)), 'utf8')));

let over = false;
console.log(`${'first visit'.padEnd(22)}${'what'.padEnd(8)}${'raw kB'.padStart(9)}${'brotli kB'.padStart(11)}`);
for (const [path, page] of [
  ['/sign-in', null],
  ['/benefits/software', 'software_page_'],
]) {
  const html = await (await fetch(base + path, { headers: { accept: 'text/html', cookie: page ? cookie : '' } })).text();
  const files = [find(/^vorteil\..*\.css$/)];
  // The pages before the sign-in carry no script.
  if (html.includes('type="module"')) files.push(find(/^vorteil\..*\.js$/), find(/^vorteil\..*\.wasm$/));
  if (page) {
    files.push(find(/^__wasm_split\..*\.js$/));
    // The manifest lists the parts that each lazy page needs.
    for (const [name, parts] of manifest) if (name.includes(page)) files.push(...parts.map((p) => `${p}.wasm`.replace(/\.wasm\.wasm$/, '.wasm')));
  }
  const rows = new Map([['HTML', [html.length, brotliCompressSync(html).length]]]);
  // The sentences of the reader's language, which the server packs itself.
  const texts = html.match(/href="(\/texts\/[^"]+)"/)?.[1];
  if (texts) {
    const answer = await fetch(base + texts, { headers: { 'accept-encoding': 'br' } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    rows.set('TEXTS', [bytes.length, brotliCompressSync(bytes).length]);
  }
  for (const file of new Set(files)) {
    const kind = file.split('.').pop().toUpperCase();
    const full = join(site, 'pkg', file);
    if (!existsSync(full)) throw new Error(`${file} is named but not there`);
    const [raw, brotli] = rows.get(kind) ?? [0, 0];
    rows.set(kind, [raw + statSync(full).size, brotli + statSync(`${full}.br`).size]);
  }
  const total = [...rows.values()].reduce(([a, b], [c, d]) => [a + c, b + d]);
  for (const [kind, [raw, brotli]] of [...rows, ['total', total]]) {
    console.log(`${path.padEnd(22)}${kind.padEnd(8)}${(raw / 1000).toFixed(1).padStart(9)}${(brotli / 1000).toFixed(1).padStart(11)}`);
  }
  if (total[1] > BUDGET_KB * 1000) {
    over = true;
    console.log(`${path}: over the budget of ${BUDGET_KB} kB`);
  }
}
server.removeAllListeners('exit');
server.kill();
rmSync(folder, { recursive: true, force: true });
if (over) process.exit(1);
console.log(`within the budget of ${BUDGET_KB} kB brotli`);
