import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const f2b = fileURLToPath(new URL('../packages/cli/bin/f2b.js', import.meta.url));
const article = fileURLToPath(new URL('fixtures/article', import.meta.url));
const explain = (...words: string[]) =>
  spawnSync(process.execPath, [f2b, 'explain', ...words], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
const register = (why: string) =>
  `[2011-11-09 18:47:21] NOTICE[3445]: chan_sip.c:24331 in handle_request_register: Registration from 'x' failed for '198.51.100.7:5061' - ${why}`;

describe('f2b explain', () => {
  it('tells of a hit: the date that was cut out, the expression, and who it was', () => {
    const { stdout, status } = explain('-c', article, 'filter.d/asterisk.conf', register('No matching peer found'));
    expect(status).toBe(0);
    expect(stdout).toContain("cut out   '2011-11-09 18:47:21'");
    expect(stdout).toContain('failregex 1 matches');
    expect(stdout).toContain('who: 198.51.100.7, an address');
  });

  it('tells of a miss: how far each expression got, and which piece stopped it', () => {
    const line = register('Peer is fine').replace('handle_request_register', 'handle_response_peerpoke');
    const { stdout } = explain('--json', '-c', article, 'filter.d/asterisk.conf', line);
    const way = JSON.parse(stdout) as { attempts: { stopped: { consumed: string; rest: string; piece: string } }[] };
    const { consumed, rest, piece } = way.attempts[0]!.stopped;
    expect(consumed).toMatch(/in handle_re$/);
    expect(rest).toMatch(/^sponse_peerpoke/);
    expect(piece).toMatch(/^ in handle_request_register/);
  });

  it('spells control characters out', () => {
    expect(explain('from <HOST>$', '\x1b[31m from 192.0.2.1 \x07').stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});
