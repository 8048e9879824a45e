import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { reasonToSkip } from './requirements.js';

const soak = fileURLToPath(new URL('../tools/soak/soak.mjs', import.meta.url));
const options = '--minutes 0.4 --rate 2000 --failures 1 --rotate 4 --every 4';
const out = mkdtempSync(join(tmpdir(), 'f2b-soak-run-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.skipIf(reasonToSkip('root', 'namespaces', 'iptables', 'mount', 'ip'))('a soak of half a minute', () => {
  it('with four rotating logs, kills and a reload loses no failure and counts none twice', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [soak, ...options.split(' '), '--out', out]).catch(
      (error: { readonly stdout: string }) => error,
    );
    expect(stdout).toMatch(/^failures: (\d+) written, \1 counted, 0 lost, 0 doubled, 0 never written$/m);
    expect(stdout).toMatch(/^befell: [1-9]\d* kills/m);
    expect(stdout).toMatch(/^bans: [1-9]\d*; 0 due and never made, 0 made more than once, 0 of others;/m);
  }, 240_000);
});
