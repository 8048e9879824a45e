import { appendFileSync, renameSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const { banned, says, start, stop } = trial;

const waitFor = <T>(look: () => T) => vi.waitFor(look, { timeout: 15_000, interval: 20 });
const isBanned = (address: string, name?: string) => waitFor(() => expect(banned(name)).toContain(address));
const failures = (name = 'door') => trial.guard.jailStatus(name)?.totalFailed;
/** A line as Docker's json-file driver writes it. */
const wrapped = (log: string, at = trial.now(), stream = 'stdout') =>
  `${JSON.stringify({ log, stream, time: `${new Date(at).toISOString().slice(0, -1)}456789Z` })}\n`;
const jail = (more = '', name = 'door') => trial.door(`backend = docker-json\n${more}`).replace('[door]', `[${name}]`);
const knock = (address: string) => `gate door[7]: knock from ${address}\n`;
/** The filter of these tests finds lines with a date of their own, and without. */
const begin = (jails: string, options?: Parameters<typeof start>[1]) => {
  trial.file('filter.d/door.conf', '[Definition]\nfailregex = ^\\s?(?:\\S+ )?door\\[\\d+\\]: knock from <HOST>$\n');
  return start(jails, options);
};

it("judges what stands in Docker's lines, by Docker's time", async () => {
  const now = trial.now();
  // Those that are older than findtime do not count, whatever date the program wrote.
  trial.append(wrapped(`2026-01-01 00:00:00 ${knock('203.0.113.1')}`, now - 11 * 60_000).repeat(3));
  trial.append(wrapped(`2026-01-01 00:00:00 ${knock('203.0.113.2')}`, now - 60_000).repeat(2));
  trial.append(wrapped(knock('203.0.113.2'), now - 30_000, 'stderr'));
  await begin(jail());
  await isBanned('203.0.113.2');
  expect(banned()).toEqual(['203.0.113.2']);
  expect(failures()).toBe(3);
  await says(/NOTICE .*door\.log holds Docker's JSON lines/);
});

it('finds out by itself, and says so once; other lines among them stay as they are', async () => {
  await begin(trial.door());
  trial.append(wrapped(knock('203.0.113.1')).repeat(3));
  await isBanned('203.0.113.1');
  trial.append(trial.knock('203.0.113.2').repeat(3));
  await isBanned('203.0.113.2');
  trial.append(`{"log":"not whole\n${wrapped(knock('203.0.113.3')).repeat(3)}`);
  await isBanned('203.0.113.3');
  expect(trial.logged.filter((line) => line.includes("Docker's JSON lines"))).toHaveLength(1);
});

it("takes fail2ban's words in a datepattern for no knowledge of Docker's lines: stock filters have {^LN-BEG}", async () => {
  trial.file(
    'filter.d/stock.conf',
    '[Definition]\nfailregex = door\\[\\d+\\]: knock from <HOST>\ndatepattern = {^LN-BEG}\n',
  );
  await start(trial.door().replace('filter = door', 'filter = stock'));
  trial.append(wrapped(knock('203.0.113.1')).repeat(3));
  await isBanned('203.0.113.1');
});

it('leaves the lines alone for a filter that was written for them, and for a backend that is named', async () => {
  trial.file('filter.d/json.conf', '[Definition]\nfailregex = ^\\{"log":"knock from <HOST>\\\\n","stream":"stdout",\n');
  const own = trial.door().replace('[door]', '[own]').replace('filter = door', 'filter = json');
  const polling = trial.door('backend = polling\n').replace('[door]', '[polling]');
  const whole = `[Definition]\nfailregex = knock from <HOST>\\\\n"\n`;
  trial.file('filter.d/whole.conf', whole);
  await begin(own + polling.replace('filter = door', 'filter = whole'));
  trial.append(wrapped('knock from 203.0.113.1\n').repeat(3));
  await isBanned('203.0.113.1', 'own');
  await isBanned('203.0.113.1', 'polling');
});

it('joins what Docker has divided, also over portions, and a restart', async () => {
  const store = openMemoryStore();
  const [head, tail] = ['gate door[7]: kno', 'ck from 203.0.113.1\n'];
  await begin(jail('maxretry = 30\n'), { store });
  trial.append(wrapped(head) + wrapped('other words\n', undefined, 'stderr') + wrapped(tail));
  await waitFor(() => expect(failures()).toBe(1));
  trial.append(wrapped(head));
  await trial.guard.settled();
  trial.append(wrapped('gate door[7]: knock from 203.0.113.2\n', undefined, 'stderr'));
  await waitFor(() => expect(failures()).toBe(2));
  trial.append(wrapped(tail));
  await waitFor(() => expect(failures()).toBe(3));
  // The process ends while half of a line is there.
  trial.append(wrapped(knock('203.0.113.3')) + wrapped(head));
  await waitFor(() => expect(failures()).toBe(4));
  await stop();
  trial.append(wrapped(tail));
  await begin(jail('maxretry = 30\n'), { store });
  await trial.guard.settled();
  await waitFor(() => expect(trial.guard.jailStatus('door')).toMatchObject({ currentlyFailed: 3 }));
  expect(store.place('door', trial.logPath())).toMatchObject({ kind: 'file' });
  trial.append(wrapped(knock('203.0.113.4')));
  await waitFor(() => expect(trial.guard.jailStatus('door')).toMatchObject({ currentlyFailed: 4 }));
});

it('does not wait for ever for the rest of a line, nor keep more of it than a line may have', async () => {
  await begin(jail());
  trial.append(wrapped('gate door[7]: knock from 203.0.113.1', trial.now() - 20_000));
  trial.append(wrapped(knock('203.0.113.1')).repeat(2));
  await isBanned('203.0.113.1');
  for (let i = 0; i < 20; i++) trial.append(wrapped('x'.repeat(8192)));
  trial.append(wrapped(`\n`) + wrapped(knock('203.0.113.2')).repeat(3));
  await isBanned('203.0.113.2');
  await says(/longer than 65536 bytes skipped whole/);
});

it('goes on where it stood over rotation', async () => {
  await begin(jail());
  trial.append(wrapped(knock('203.0.113.1')));
  await waitFor(() => expect(failures()).toBe(1));
  trial.append(wrapped(knock('203.0.113.1')));
  renameSync(trial.logPath(), `${trial.logPath()}.1`);
  appendFileSync(trial.logPath(), wrapped(knock('203.0.113.1')));
  await isBanned('203.0.113.1');
  expect(failures()).toBe(3);
});

it('sees several lines at once where the filter asks for it', async () => {
  trial.file(
    'filter.d/pairs.conf',
    '[Definition]\nmaxlines = 2\nfailregex = ^gate door: ring<SKIPLINES>\\s*gate door: gone <HOST>$\n',
  );
  await begin(jail().replace('filter = door', 'filter = pairs'));
  trial.append([1, 2, 3].map(() => wrapped('gate door: ring\n') + wrapped('gate door: gone 203.0.113.1\n')).join(''));
  await isBanned('203.0.113.1');
});
