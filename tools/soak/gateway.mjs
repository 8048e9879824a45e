// The generated gateway: what its programs write, and who attacks it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CopiedLog, NumberedLog, RenamedLog } from './logs.mjs';
import { addressOf } from './plan.mjs';

export const tick = 50;
export const maxretry = 5;

/**
 * What each log holds: its share of the lines, an attacker's line and anybody's.
 * @type {Record<string, { share: number, attack: (who: string, n: number) => string, other: (n: number) => string }>}
 */
const programs = {
  auth: {
    share: 0.5,
    attack: (who, n) =>
      `gateway sshd[${1000 + (n % 9000)}]: Failed password for root from ${who} port ${n % 60000} ssh2`,
    other: (n) =>
      `gateway sshd[${1000 + (n % 9000)}]: Accepted publickey for ops from 192.0.2.${n % 250} port ${n % 60000} ssh2`,
  },
  sip: {
    share: 0.15,
    attack: (who, n) =>
      `NOTICE[${n % 999}] chan_sip.c: Registration from "x" failed for '${who}:5060' - Wrong password`,
    other: (n) => `VERBOSE[${n % 999}] pbx.c: Executing [100@internal:${n % 9}] Dial("SIP/${n % 400}")`,
  },
  web: {
    share: 0.3,
    attack: (who, n) => `${who} "POST /login?${n} HTTP/1.1" 401 17`,
    other: (n) => `192.0.2.${n % 250} "GET /page/${n} HTTP/1.1" 200 ${n % 90000}`,
  },
  names: {
    share: 0.05,
    attack: (who, n) => `mail[${n % 9999}]: login refused, client ${who}`,
    other: (n) => `mail[${n % 9999}]: login taken, client mx-${n % 50}`,
  },
};

/** Jails that read them: the daemon's configuration has one for each. */
export const filters = {
  auth: ['auth.log', '^ gateway sshd\\[\\d+\\]: Failed password for \\S+ from <HOST> port \\d+'],
  // Copied ones are among them.
  sip: ['sip.log*', '^ NOTICE\\[\\d+\\] \\S+: Registration from "[^"]*" failed for \'<HOST>:\\d+\' - Wrong password$'],
  web: ['web-*.log', '^ <HOST> "POST /login\\S* HTTP/1\\.1" 401'],
  names: ['names.log', '^ mail\\[\\d+\\]: login refused, client <HOST>$'],
};

/** @param {string} name @returns the address that the soak's name server has for it */
export const nameOf = (address) => `a${address.replaceAll('.', '-')}.soak.test`;

/** Writes logs at a chosen speed, and says of each failure when it was written. */
export class Gateway {
  #rate;
  #perHundred;
  #random;
  #wrote;
  #logs;
  #share;
  #actors = [];
  #number = 0;
  #owed = 0;
  #owedFailures = 0;
  #nextRotation = new Map();
  #rotateEvery;
  lines = 0;

  /**
   * @param {string} directory
   * @param {{ rate: number, failures: number, rotate: number, logs: readonly string[] }} options
   * @param {() => number} random
   * @param {(jail: string, address: string, time: number) => void} wrote
   */
  constructor(directory, { rate, failures, rotate, logs }, random, wrote) {
    mkdirSync(directory, { recursive: true });
    this.#rate = rate;
    this.#rotateEvery = rotate * 1000;
    this.#perHundred = failures;
    this.#random = random;
    this.#wrote = wrote;
    const make = {
      auth: () => new RenamedLog(join(directory, 'auth.log')),
      sip: () => new CopiedLog(join(directory, 'sip.log')),
      web: () => new NumberedLog(directory, 'web'),
      names: () => new RenamedLog(join(directory, 'names.log')),
    };
    this.#logs = Object.fromEntries(logs.map((name) => [name, make[name]()]));
    const shares = logs.reduce((sum, name) => sum + programs[name].share, 0);
    this.#share = (name) => programs[name].share / shares;
    // One after the other.
    Object.keys(this.#logs).forEach((name, i) => {
      this.#nextRotation.set(name, this.#rotateEvery * (0.5 + i / 5));
    });
  }

  get rotations() {
    return Object.values(this.#logs).reduce((sum, log) => sum + log.rotations, 0);
  }

  get attackers() {
    return this.#number;
  }

  /**
   * Writes what is due.
   * @param {number} elapsed since the last time
   * @param {number} since the beginning
   * @param {boolean} quiet no new attackers: those who are at it come to their end
   */
  step(elapsed, since, quiet) {
    const lines = (this.#rate * elapsed) / 1000 + this.#owed;
    this.#owed = lines % 1;
    const failures = quiet ? 0 : (Math.floor(lines) * this.#perHundred) / 100 + this.#owedFailures;
    this.#owedFailures = failures % 1;
    for (let due = Math.floor(failures) / 3.2; due > 0 && !quiet; due--)
      if (this.#random() < due) this.#newActor(since);
    const date = dateOf(new Date());
    const names = Object.keys(this.#logs);
    for (const name of names) {
      if (since >= (this.#nextRotation.get(name) ?? 0)) {
        this.#logs[name].rotate();
        this.#nextRotation.set(name, since + this.#rotateEvery);
      }
      this.#writeSome(name, date, Math.floor(lines * this.#share(name)), since);
    }
  }

  /** Whether all attackers have done what they came for. */
  get idle() {
    return this.#actors.length === 0;
  }

  #newActor(since) {
    const kind = this.#random();
    const left = kind < 0.4 ? 1 : kind < 0.6 ? maxretry - 1 : maxretry;
    let at = this.#random();
    const jail = Object.keys(this.#logs).find((name) => {
      at -= this.#share(name);
      return at < 0;
    });
    if (jail === undefined) return;
    this.#actors.push({ jail, address: addressOf(++this.#number), left, due: since });
  }

  #writeSome(name, date, count, since) {
    const { attack, other } = programs[name];
    const now = Date.now();
    const texts = [];
    for (const actor of this.#actors) {
      if (actor.jail !== name || actor.due > since) continue;
      const who = name === 'names' ? nameOf(actor.address) : actor.address;
      texts.push(`${date} ${attack(who, this.lines++)}\n`);
      this.#wrote(name, actor.address, now);
      actor.left--;
      actor.due = since + 50 + this.#random() * 900;
    }
    this.#actors = this.#actors.filter(({ left }) => left > 0);
    while (texts.length < count) texts.push(`${date} ${other(this.lines++)}\n`);
    const text = texts.join('');
    // What is written ends anywhere, also within a line.
    const cut = Math.floor(this.#random() * text.length);
    this.#logs[name].write(text.slice(0, cut));
    this.#logs[name].write(text.slice(cut));
  }
}

/** @param {Date} at */
function dateOf(at) {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
