import { appendFileSync, chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { appendJournal, journalMissing, type TrialEntry } from '../fixtures/journal.js';
import { formatLocalTime } from '../jails/when/duration.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const { banned, says, start, stop } = trial;

const journal = () => join(trial.directory, 'journal');
/** Entries of the program that the filter `door` is about. */
const knocks = (address: string, times = 1, more: TrialEntry = {}) =>
  Array.from({ length: times }, () => ({
    fields: {
      _HOSTNAME: 'gate',
      SYSLOG_IDENTIFIER: 'door',
      _PID: '77',
      _COMM: 'door',
      MESSAGE: `knock from ${address}`,
      ...more,
    },
  }));
const write = (...entries: ReturnType<typeof knocks>) => void appendJournal(journal(), entries);
/** A jail that reads the journal of this test. */
const jail = (name = 'door', more = 'journalmatch = _COMM=door\n') => `[${name}]
enabled = true
filter = entries
backend = systemd[journalpath=${journal()}]
maxretry = 3
findtime = 10m
bantime = 10m
action = offendingips
${more}`;
/** journalctl processes that read the journal of this test, by process id. */
const readers = () =>
  readdirSync('/proc').filter((pid) => {
    try {
      const words = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\u0000') : [];
      return words.includes('--follow') && words.includes(`--directory=${journal()}`);
    } catch {
      return false;
    }
  });
const waitFor = <T>(look: () => T) => vi.waitFor(look, { timeout: 15_000, interval: 20 });
const isBanned = (address: string, name?: string) => waitFor(() => expect(banned(name)).toContain(address));
const failures = (name = 'door') => trial.guard.jailStatus(name)?.totalFailed;
const begin = (jails: string, options?: Parameters<typeof start>[1]) => {
  trial.file('filter.d/entries.conf', '[Definition]\nfailregex = ^gate door\\[\\d+\\]: knock from <HOST>$\n');
  return start(jails, options);
};

describe.skipIf(journalMissing())('a jail that reads the journal', () => {
  it('bans for what was there and for what comes, and is shown with its matches', async () => {
    write(...knocks('203.0.113.1', 3));
    await begin(jail());
    await isBanned('203.0.113.1');
    write(...knocks('203.0.113.2', 3));
    await isBanned('203.0.113.2');
    const status = trial.guard.jailStatus('door');
    expect(status).toMatchObject({ state: 'running', files: [], journalmatches: ['_COMM=door'], totalFailed: 6 });
    await says(/\[door\] Added journal match for: '_COMM=door'/);
    await says(/Initiated 'systemd' backend/);
  });

  it('reads no entries but those that it asks for', async () => {
    write(...knocks('203.0.113.1', 3, { _COMM: 'imposter' }), ...knocks('203.0.113.2', 3));
    await begin(jail() + jail('other', 'journalmatch = _COMM=imposter _PID=77 + _COMM=nobody\n'));
    await trial.guard.settled();
    expect(banned('door')).toEqual(['203.0.113.2']);
    expect(banned('other')).toEqual(['203.0.113.1']);
  });

  it('takes each entry for its own time, and leaves out what is older than findtime', async () => {
    const now = Date.now();
    const ago = (minutes: number) => String((now - minutes * 60_000) * 1000);
    write(...knocks('203.0.113.1', 3, { __REALTIME_TIMESTAMP: ago(11) }));
    write(...knocks('203.0.113.2', 2, { __REALTIME_TIMESTAMP: ago(9) }));
    await begin(jail());
    await trial.guard.settled();
    expect(failures()).toBe(2);
    expect((await says(/Found 203\.0\.113\.2/)).slice(-19)).toBe(formatLocalTime(now - 9 * 60_000));
  });

  it('shares one journalctl with all that read the same, also with those that come later', async () => {
    write(...knocks('203.0.113.1', 3), ...knocks('203.0.113.2', 3, { _COMM: 'window' }));
    await begin(jail() + jail('second') + jail('third', 'journalmatch = _COMM=window\n'));
    await isBanned('203.0.113.2', 'third');
    expect(readers()).toHaveLength(1);
    await trial.guard.addJail(trial.settingsOf(jail('late', ''), 'late'));
    // What was there before it came it gets on its own, and nobody else gets it twice.
    await waitFor(() => expect(banned('late')).toEqual(['203.0.113.1', '203.0.113.2']));
    await waitFor(() => expect(readers()).toHaveLength(1));
    write(...knocks('203.0.113.3', 3, { _COMM: 'cellar' }), ...knocks('203.0.113.4', 3));
    await isBanned('203.0.113.3', 'late');
    await isBanned('203.0.113.4');
    expect([failures(), failures('second'), failures('third'), failures('late')]).toEqual([6, 6, 3, 12]);
    for (const name of ['door', 'second', 'late']) await trial.guard.removeJail(name);
    write(...knocks('203.0.113.5', 3, { _COMM: 'window' }));
    await isBanned('203.0.113.5', 'third');
    await trial.guard.removeJail('third');
    await waitFor(() => expect(readers()).toEqual([]));
  });

  it('loses nothing and counts nothing twice when journalctl is killed', async () => {
    write(...knocks('203.0.113.1', 1));
    await begin(jail('door', 'journalmatch = _COMM=door\nmaxretry = 40\n'));
    await waitFor(() => expect(failures()).toBe(1));
    for (let round = 0; round < 5; round++) {
      write(...knocks('203.0.113.1', 2));
      for (const pid of readers()) process.kill(Number(pid), 'SIGKILL');
      write(...knocks('203.0.113.1', 2));
      // The wait before it is started again is over at once.
      await waitFor(() => {
        trial.moveClock(1000);
        expect(failures()).toBe(1 + (round + 1) * 4);
      });
    }
    await says(/ERROR \[door\] systemd-journal\[.*journalctl ended \(SIGKILL\); it is tried on/);
    await waitFor(() => expect(trial.guard.jailStatus('door')?.state).toBe('running'));
  });

  it('goes on at the entry where an earlier process stood', async () => {
    const store = openMemoryStore();
    write(...knocks('203.0.113.1', 2));
    await begin(jail(), { store });
    await trial.guard.settled();
    await stop();
    expect(store.place('door', `systemd-journal[journalpath=${journal()}]`)).toMatchObject({ kind: 'journal' });
    write(...knocks('203.0.113.1', 1), ...knocks('203.0.113.2', 1));
    await begin(jail(), { store });
    await trial.guard.settled();
    expect(banned()).toEqual(['203.0.113.1']);
    expect(failures()).toBe(2);
  });

  it('goes on at its time where the entry is gone, and says so', async () => {
    const store = openMemoryStore();
    write(...knocks('203.0.113.1', 2));
    await begin(jail(), { store });
    await trial.guard.settled();
    await stop();
    rmSync(join(journal(), 'system.journal'));
    write(...knocks('203.0.113.2', 3));
    await begin(jail(), { store });
    await isBanned('203.0.113.2');
    await says(/WARNING .*no longer has the entry where reading stood: it goes on at 20/);
  });

  it('follows over rotation, with an empty file beside, and into a directory that has no journal yet', async () => {
    appendFileSync(join(trial.directory, 'none'), '');
    await begin(jail());
    await says(/ERROR \[door\] systemd-journal.*No such file or directory/);
    expect(trial.guard.jailStatus('door')).toMatchObject({ state: 'waiting' });
    write(...knocks('203.0.113.1', 3));
    writeFileSync(join(journal(), 'empty.journal'), '');
    await waitFor(() => {
      trial.moveClock(1000);
      expect(banned()).toEqual(['203.0.113.1']);
    });
    for (let round = 2; round < 5; round++) {
      write(...knocks(`203.0.113.${round}`, 2));
      renameSync(join(journal(), 'system.journal'), join(journal(), `system@${round}.journal`));
      write(...knocks(`203.0.113.${round}`, 1));
    }
    await waitFor(() => expect(banned()).toHaveLength(4));
    expect(failures()).toBe(12);
  });

  it('bans the same as it does from a file with the same lines', async () => {
    const entries = Array.from({ length: 300 }, (_, i) => knocks(`203.0.113.${(i * i) % 97}`)[0]!);
    write(...entries);
    const lines = entries.map(({ fields }) => trial.knock(String(fields.MESSAGE).slice('knock from '.length)));
    trial.append(lines.join(''));
    await begin(jail() + trial.door().replace('[door]', '[file]'));
    await trial.guard.settled();
    expect(banned('door')?.length).toBeGreaterThan(10);
    expect(banned('door')).toEqual(banned('file'));
    expect(failures('door')).toBe(failures('file'));
  });

  it('goes on by other settings: other entries, another journal, a file', async () => {
    write(...knocks('203.0.113.2', 3, { _COMM: 'window' }), ...knocks('203.0.113.1', 2));
    await begin(jail());
    await trial.guard.settled();
    await trial.guard.changeJail(trial.settingsOf(jail('door', 'journalmatch = _COMM=window\n')));
    write(...knocks('203.0.113.1', 1), ...knocks('203.0.113.3', 3, { _COMM: 'window' }));
    await isBanned('203.0.113.3');
    expect(banned()).toEqual(['203.0.113.3']);
    trial.append(trial.knock('203.0.113.1'));
    await trial.guard.changeJail(trial.settingsOf(trial.door()));
    await isBanned('203.0.113.1');
    expect(trial.guard.jailStatus('door')).toMatchObject({ files: [trial.logPath()], journalmatches: undefined });
    await waitFor(() => expect(readers()).toEqual([]));
  });

  it('sees several lines at once where the filter asks for it, and none of other programs between them', async () => {
    trial.file(
      'filter.d/pairs.conf',
      '[Definition]\nmaxlines = 2\nfailregex = ^gate door\\[\\d+\\]: ring<SKIPLINES>\\s*gate door\\[\\d+\\]: gone <HOST>$\n',
    );
    const said = (MESSAGE: string, more = {}) => knocks('', 1, { MESSAGE, ...more });
    const [ring, gone] = [said('ring'), said('gone 203.0.113.1')];
    write(...[ring, said('noise', { _COMM: 'x' }), gone].flat(), ...[ring, gone, ring, gone].flat());
    await begin(jail().replace('filter = entries', 'filter = pairs'));
    await isBanned('203.0.113.1');
    expect(failures()).toBe(3);
  });

  it('is not held up by entries that are huge or no text', async () => {
    const huge = { MESSAGE: 'x'.repeat(300_000) };
    const binary = { MESSAGE: Buffer.from([0, 1, 2, 10, 255, 254, 10]) };
    write(...knocks('', 1, huge), ...knocks('', 3, binary), ...knocks('203.0.113.1', 3), ...knocks('', 1, huge));
    write(...knocks('', 1, { _COMM: Buffer.from('a\nMESSAGE=knock from 203.0.113.9\n\n') }));
    await begin(jail('door', ''));
    await isBanned('203.0.113.1');
    await trial.guard.settled();
    await says(/entries skipped whole: they are too long/);
    expect(failures()).toBe(3);
  });
});

describe('a jail whose journal cannot be read', () => {
  it('says why and waits, while the others go on', async () => {
    trial.append(trial.knock('203.0.113.7').repeat(3));
    await begin(jail() + trial.door().replace('[door]', '[file]'), { journalctl: join(trial.directory, 'none') });
    await isBanned('203.0.113.7', 'file');
    await says(/ERROR \[door\] systemd-journal.*there is no journalctl on this host/);
    await waitFor(() =>
      expect(trial.guard.jailStatus('door')).toMatchObject({ state: 'waiting', why: /no journalctl/ }),
    );
    expect(trial.logged.filter((line) => line.includes('there is no journalctl'))).toHaveLength(1);
  });

  it('goes on as soon as it can', async () => {
    const program = join(trial.directory, 'journalctl');
    writeFileSync(program, '#!/bin/sh\necho "insufficient permissions" >&2\nexit 1\n');
    chmodSync(program, 0o755);
    await begin(jail(), { journalctl: program });
    await says(/ERROR \[door\] .*journalctl failed: insufficient permissions/);
    const entry = knocks('203.0.113.1')[0]!.fields;
    const text = Object.entries(entry).map(([name, value]) => `${name}=${value}\\n`);
    const now = `__CURSOR=s=0123456789abcdef0123456789abcdef;i=N\\n__REALTIME_TIMESTAMP=${Date.now()}000\\n${text.join('')}\\n`;
    const prints = [1, 2, 3].map((n) => `printf '${now.replace('i=N', `i=${n}`)}'`).join('\n');
    writeFileSync(`${program}.new`, `#!/bin/sh\n${prints}\nexec sleep 1000\n`);
    chmodSync(`${program}.new`, 0o755);
    renameSync(`${program}.new`, program);
    await waitFor(() => {
      trial.moveClock(1000);
      expect(banned()).toEqual(['203.0.113.1']);
    });
    expect(trial.guard.jailStatus('door')?.state).toBe('running');
  });

  it.each([
    ['journalmatch = nonsense\n', /'nonsense' is no match of the journal/],
    ['backend = systemd[journalflag=1]\n', /no option 'journalflag'/],
  ])('is not started with %j', async (more, why) => {
    await begin(jail('door', more));
    await says(why);
    expect(trial.guard.jailStatus('door')?.state).toBe('failed');
  });
});
