// What was written, what the daemon has counted of it, and whom the kernel bans.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { maxretry } from './gateway.mjs';

const openDatabase = createRequire(fileURLToPath(new URL('../../packages/core/package.json', import.meta.url)))(
  'better-sqlite3',
);

/** Dates in logs are rounded down to that. */
const wholeSecond = 1000;

/**
 * One attacker.
 * @typedef {{ jail: string, written: number[], counted: Set<string>, doubled: number, dueSince: number | undefined }} Account
 */

/** Books of the soak itself: each failure that was written is to be counted once. */
export class Ledger {
  #file;
  #db;
  #last = 0;
  /** @type {Map<string, Account>} */
  #accounts = new Map();
  /** Accounts with failures that are not counted yet. */
  #open = new Set();
  written = 0;
  counted = 0;
  doubled = 0;
  /** Counted, but never written. @type {string[]} */
  invented = [];

  /** @param {string} file the daemon's database */
  constructor(file) {
    this.#file = file;
  }

  /** @param {string} jail @param {string} address @param {number} time */
  wrote(jail, address, time) {
    let account = this.#accounts.get(address);
    if (account === undefined) {
      account = { jail, written: [], counted: new Set(), doubled: 0, dueSince: undefined };
      this.#accounts.set(address, account);
    }
    account.written.push(time);
    this.#open.add(address);
    this.written++;
  }

  /** Takes in what the daemon has counted since the last time. */
  read() {
    for (const [n, data] of this.#rows('SELECT n, data FROM f2bFailures WHERE n > ? ORDER BY n', this.#last)) {
      this.#last = n;
      const { logs, failures } = JSON.parse(data);
      for (const [log, offset, id] of failures) this.#count(id, `${logs[log]} ${offset}`);
    }
  }

  #count(address, place) {
    const account = this.#accounts.get(address);
    this.counted++;
    if (account === undefined) {
      this.invented.push(address);
      return;
    }
    if (account.counted.has(place)) this.doubled++;
    account.counted.add(place);
    if (account.counted.size >= account.written.length) this.#open.delete(address);
    if (account.counted.size >= maxretry) account.dueSince ??= Date.now();
  }

  /** For how long the oldest failure waits that is not counted, by jail. @returns {Map<string, number>} milliseconds */
  lags() {
    const now = Date.now();
    const lags = new Map();
    for (const address of this.#open) {
      const { jail, written, counted } = this.#accounts.get(address);
      const lag = now - (written[counted.size] ?? now);
      if (lag > (lags.get(jail) ?? 0)) lags.set(jail, lag);
    }
    return lags;
  }

  /** Failures that are written and not counted. */
  get missing() {
    return [...this.#accounts.values()].reduce(
      (sum, { written, counted }) => sum + Math.max(0, written.length - counted.size),
      0,
    );
  }

  /** Failures that were counted at two places though they were written once. */
  get tooMany() {
    return [...this.#accounts.values()].reduce(
      (sum, { written, counted }) => sum + Math.max(0, counted.size - written.length),
      0,
    );
  }

  /** @returns {string[]} some of the attackers with failures that are not counted, for the report */
  examples() {
    return [...this.#open].slice(0, 10).map((address) => {
      const { jail, written, counted } = this.#accounts.get(address);
      return `${address} [${jail}] written at ${written.map((at) => new Date(at).toISOString()).join(', ')}; counted ${counted.size}: ${[...counted].join(', ')}`;
    });
  }

  /**
   * What the kernel bans against what it should. An attacker is to be banned from a while after the fifth failure was counted until his
   * time is up, and nobody else ever is.
   * @param {{ now: number, slack: number, bantime: number }} parameters milliseconds
   * @returns {{ banned: number, absent: string[], wrong: string[] }}
   */
  compare({ now, slack, bantime }) {
    const kernel = kernelBans();
    const absent = [];
    const wrong = [];
    for (const [address, { written, dueSince }] of this.#accounts) {
      // The daemon counts the time of a ban from the failure's date, which is whole seconds.
      const until = (written[maxretry - 1] ?? 0) + bantime;
      const due = dueSince !== undefined && dueSince + slack < now && now < until - 1500;
      if (due && !kernel.has(address)) absent.push(address);
      if (kernel.has(address) && written.length >= maxretry && now > until + slack) wrong.push(address);
    }
    for (const address of kernel) {
      if (address.startsWith('10.') && (this.#accounts.get(address)?.written.length ?? 0) < maxretry)
        wrong.push(address);
    }
    return { banned: kernel.size, absent, wrong };
  }

  /**
   * Bans that the daemon's book does not have once: who should have been banned and was not, or was twice, or should not have been. Whose
   * fifth failure was counted only when the ban would have been over (a killed or starved daemon) is not banned.
   * @param {number} bantime milliseconds
   */
  banBook(bantime) {
    const times = new Map(this.#rows('SELECT ip, count(*) FROM bans GROUP BY ip'));
    const never = [];
    const again = [];
    for (const [address, { written, dueSince }] of this.#accounts) {
      if (written.length < maxretry) continue;
      const tooLate = dueSince !== undefined && dueSince >= written[maxretry - 1] + bantime - wholeSecond;
      if (!times.has(address) && !tooLate) never.push(address);
      else if ((times.get(address) ?? 1) !== 1) again.push(address);
    }
    const others = [...times.keys()].filter((address) => (this.#accounts.get(address)?.written.length ?? 0) < maxretry);
    return { bans: times.size, never, again, others };
  }

  #rows(sql, ...values) {
    try {
      this.#db ??= openDatabase(this.#file, { readonly: true, fileMustExist: true });
      return this.#db
        .prepare(sql)
        .raw()
        .all(...values);
    } catch {
      // It is being made, or written: it is asked again in a moment.
      this.#db?.close();
      this.#db = undefined;
      return [];
    }
  }
}

/** Every IPv4 address that this namespace's packet filter names by itself, in rules or in sets. */
export function kernelBans() {
  const addresses = new Set();
  for (const [command, ...args] of [
    ['iptables-save', '-t', 'filter'],
    ['ipset', 'save'],
    ['nft', 'list', 'ruleset'],
  ]) {
    const { stdout } = spawnSync(command, args, { encoding: 'latin1', maxBuffer: 1 << 28 });
    for (const [address] of (stdout ?? '').matchAll(/\b10\.\d+\.\d+\.\d+\b(?!\/(?!32))/g)) addresses.add(address);
  }
  return addresses;
}
