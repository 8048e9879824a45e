/**
 * Whoever is logged chooses part of the log. For every line that f2b's own filters take for a failure, each field that the attacker
 * chooses is replaced by whole imitations of failures from another host: the one accused stays the true one, or nobody is.
 */
import { fileURLToPath } from 'node:url';
import { readSettings } from '@f2b/config';
import { plainSettings } from '@f2b/matcher';
import { describe, expect, it } from 'vitest';
import { LineJudge } from './line-judge.js';

const directory = fileURLToPath(new URL('../../packages/cli/defaults', import.meta.url));
const { jails } = readSettings({ directory, allowMissingLogs: true });

const attacker = '203.0.113.9';
const victim = '198.51.100.77';
const now = Date.UTC(2026, 4, 1, 10);

/** A line as the program writes it; `§` stands for a field that the client chooses, `@` for the client's address. */
type Sample = readonly [line: string, ...honest: string[]];

const samples: Readonly<Record<string, readonly Sample[]>> = {
  sshd: [
    ['May  1 09:59:00 gw sshd[71]: Failed password for § from @ port 4242 ssh2', 'root'],
    ['May  1 09:59:00 gw sshd[71]: Failed password for invalid user § from @ port 4242 ssh2', 'oracle'],
    ['2026-05-01T09:59:00.123456+00:00 gw sshd-session[71]: Failed password for § from @ port 4242 ssh2', 'root'],
    ['May  1 09:59:00 gw sshd[71]: Failed keyboard-interactive/pam for invalid user § from @ port 4242 ssh2', 'x'],
    ['May  1 09:59:00 gw sshd[71]: Failed none for invalid user § from @ port 4242 ssh2', 'admin'],
    ['May  1 09:59:00 gw sshd[71]: Connection closed by invalid user § @ port 4242 [preauth]', 'pi'],
    ['May  1 09:59:00 gw sshd[71]: Connection reset by invalid user § @ port 4242 [preauth]', 'pi'],
    ['May  1 09:59:00 gw sshd[71]: Disconnected from invalid user § @ port 4242 [preauth]', 'pi'],
    [
      'May  1 09:59:00 gw sshd[71]: error: maximum authentication attempts exceeded for invalid user § from @ port 4242 ssh2 [preauth]',
      'git',
    ],
  ],
  asterisk: [
    [
      "[2026-05-01 09:59:00] NOTICE[71][C-0000002a] chan_sip.c: Registration from '§' failed for '@:5060' - Wrong password",
      '"100" <sip:100@192.0.2.1>',
    ],
    [
      "[2026-05-01 09:59:00] NOTICE[71] chan_sip.c: Registration from '§' failed for '@:5060' - No matching peer found",
      '<sip:7@192.0.2.1>',
    ],
    [
      "[2026-05-01 09:59:00] NOTICE[71][C-1] chan_sip.c: Call from '' (@:5060) to extension '§' rejected because extension not found in context 'default'.",
      '00972',
    ],
    [
      "[2026-05-01 09:59:00] NOTICE[71] res_pjsip/pjsip_distributor.c: Request 'INVITE' from '§' failed for '@:5060' (callid: §) - No matching endpoint found",
      '<sip:1@x>',
      'abc@192.0.2.2',
    ],
    [
      "[2026-05-01 09:59:00] NOTICE[71] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '§' failed for '@:5060' (callid: §) - Failed to authenticate",
      '"1" <sip:1@x>',
      '12',
    ],
    [
      '[2026-05-01 09:59:00] SECURITY[71] res_security_log.c: SecurityEvent="InvalidPassword",EventTV="2026-05-01T09:59:00.000+0000",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="§",SessionID="§",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/@/5061",Challenge="c",ReceivedChallenge="c",ReceivedHash="§"',
      '100',
      '0x7f',
      'd41d8cd9',
    ],
    [
      '[2026-05-01 09:59:00] SECURITY[71] res_security_log.c: SecurityEvent="ChallengeResponseFailed",EventTV="2026-05-01T09:59:00.000+0000",Severity="Error",Service="SIP",EventVersion="1",AccountID="§",SessionID="§",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/@/5061",Challenge="c",Response="§",ExpectedResponse="e"',
      '100',
      '0x7f',
      'f00',
    ],
  ],
};

/** Writes a sample's line: `fields` in the places of `§`, `host` in the place of `@`. */
function write([line]: Sample, fields: readonly string[], host: string): string {
  let next = 0;
  return line.replaceAll('@', () => host).replace(/§/g, () => fields[next++] ?? '');
}

/** Texts that imitate `line`: whole, without its date, from each of its words on, and with its quotes and brackets closed first. */
function* imitations(line: string): Generator<string> {
  const undated = line.replace(/^(?:\[?[-\d]+[T ][\d:.+]+\]?|\w{3} +\d+ [\d:]+) ?/, '');
  const tails = [line, undated];
  for (const { index } of undated.matchAll(/ (?=\S)/g)) tails.push(undated.slice(index), undated.slice(index + 1));
  for (const { index } of undated.matchAll(/['"(]/g)) tails.push(undated.slice(index), undated.slice(index + 1));
  const heads = ['', 'x ', "x'", 'x"', "x' ", 'x" ', "x') ", '\0', '\r', '\u2028', 'x from ', 'ſ '];
  const ends = ['', ' ', "'", '"', ' x', ' from', '\r', " '", ' "'];
  for (const tail of tails) for (const head of heads) for (const end of ends) yield head + tail + end;
}

describe('the imitations', () => {
  it('lead astray an expression that takes them at their word', () => {
    const [sample] = samples.sshd!;
    const careless = new LineJudge(plainSettings({ failregex: 'Failed \\S+ for .*? from <HOST> port' }), { now });
    const lies = [...imitations(write(sample!, ['root'], victim))];
    const misled = lies.filter((lie) => careless.line(write(sample!, [lie], attacker))[0]?.id === victim);
    expect(misled.length).toBeGreaterThan(50);
  });
});

describe.each(jails.map(({ name, filter }) => [name, filter] as const))('the filter of %s', (name, filter) => {
  const own = samples[name] ?? [];
  const accused = (line: string): (string | undefined)[] =>
    new LineJudge(filter, { now }).line(line).map(({ id, groups }) => String(groups.get('ip') ?? id));

  it('has samples, and finds the attacker in each of them', () => {
    expect(own.length).toBeGreaterThan(0);
    for (const sample of own) expect(accused(write(sample, sample.slice(1), attacker)), sample[0]).toEqual([attacker]);
  });

  it('accuses the true host or nobody, whatever its fields imitate', () => {
    const judge = new LineJudge(filter, { now });
    const lies = new Set<string>();
    for (const sample of own) for (const lie of imitations(write(sample, sample.slice(1), victim))) lies.add(lie);
    const wrong: string[] = [];
    let tried = 0;
    for (const sample of own) {
      const honest = sample.slice(1);
      for (const field of honest.keys()) {
        for (const lie of lies) {
          tried++;
          const line = write(sample, honest.with(field, lie), attacker);
          const found = judge.line(line).map(({ id }) => id);
          if (found.some((who) => who !== attacker)) wrong.push(`${found} accused by ${line}`);
        }
      }
      // The same lie in all fields at once.
      for (const lie of lies) {
        tried++;
        const found = judge
          .line(
            write(
              sample,
              honest.map(() => lie),
              attacker,
            ),
          )
          .map(({ id }) => id);
        if (found.some((who) => who !== attacker)) wrong.push(`${found} accused in all fields by ${lie}`);
      }
    }
    console.log(`${name}: ${tried} lines with lies in them, ${wrong.length} that accuse somebody else`);
    expect(wrong.slice(0, 10)).toEqual([]);
  }, 60_000);
});
