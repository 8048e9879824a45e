import { parseTime } from '@f2b/config';
import { reasonOf } from '../errors.js';
import { Refused, refusal } from './control/reply.js';
import type { ServerControls } from './control/verbs/verb.js';
import type { StoreLimits } from './daemon-store.js';
import type { ServerVoice } from './voice/server-voice.js';

export interface LiveServerParts {
  readonly voice: ServerVoice;
  readonly loglevel: string;
  readonly logtarget: string;
  readonly syslogsocket: string;
  readonly allowipv6: string;
  /** A path, `:memory:` or `None`. */
  readonly dbfile: string;
  readonly limits: StoreLimits;
}

/** What of the daemon can be looked at and changed while it runs, as `get` and `set` say it. */
export class LiveServer implements ServerControls {
  readonly #voice: ServerVoice;
  readonly #limits: StoreLimits;
  readonly #dbfile: string;
  #loglevel: string;
  #logtarget: string;
  #syslogsocket: string;
  #allowipv6: string;
  #dbpurgeage: string;

  constructor({ voice, loglevel, logtarget, syslogsocket, allowipv6, dbfile, limits }: LiveServerParts) {
    this.#voice = voice;
    this.#limits = limits;
    this.#dbfile = dbfile;
    this.#loglevel = loglevel.toUpperCase();
    this.#logtarget = logtarget;
    this.#syslogsocket = syslogsocket;
    this.#allowipv6 = allowipv6;
    this.#dbpurgeage = limits.written;
  }

  get loglevel(): string {
    return this.#loglevel;
  }

  set loglevel(level: string) {
    const name = level.toUpperCase();
    try {
      this.#voice.setLevel(name);
    } catch {
      throw refused('ValueError', `Invalid log level '${name}'`);
    }
    this.#loglevel = name;
  }

  /** Without the options in brackets. */
  get logtarget(): string {
    return bare(this.#voice.target === this.#logtarget ? this.#logtarget : this.#voice.target);
  }

  set logtarget(target: string) {
    if (target.trim() === '') throw refused('ValueError', 'unexpected option syntax');
    if (this.#syslogsocket === 'auto' && /^syslog$/i.test(bare(target))) this.#syslogsocket = '/dev/log';
    try {
      this.#voice.setTarget(target, this.#syslogsocket);
    } catch (error) {
      this.#say('ERROR', `logtarget ${target}: ${reasonOf(error)}`);
      throw refused('Exception', 'Failed to change log target');
    }
    this.#logtarget = target;
    this.#say('INFO', `Changed logging target to ${bare(target)}`);
  }

  get syslogsocket(): string {
    return this.#syslogsocket;
  }

  /** Holds from the next change of the target on; a log that goes to the system's is opened anew. */
  set syslogsocket(socket: string) {
    this.#syslogsocket = socket;
    if (!/^syslog$/i.test(bare(this.#logtarget))) return;
    try {
      this.#voice.setTarget(this.#logtarget, socket);
    } catch (error) {
      this.#say('ERROR', `syslogsocket ${socket}: ${reasonOf(error)}`);
    }
  }

  get allowipv6(): string {
    return this.#allowipv6;
  }

  set allowipv6(value: string) {
    if (value !== this.#allowipv6) this.#say('NOTICE', `allowipv6 = ${value} holds from the next start on`);
    this.#allowipv6 = value;
  }

  get dbfile(): string | null {
    return /^(?:none|)$/i.test(this.#dbfile.trim()) ? null : this.#dbfile;
  }

  set dbfile(file: string) {
    if (file === this.#dbfile || (/^none$/i.test(file) && this.dbfile === null)) return;
    throw refused('RuntimeError', 'Cannot change database when there are jails present');
  }

  get dbpurgeage(): string {
    return this.#dbpurgeage;
  }

  set dbpurgeage(age: string) {
    this.#limits.purgeAge = parseTime(age);
    this.#dbpurgeage = age;
  }

  get dbmaxmatches(): number {
    return this.#limits.maxMatches;
  }

  set dbmaxmatches(count: number) {
    this.#limits.maxMatches = count;
  }

  #say(level: 'ERROR' | 'INFO' | 'NOTICE', message: string): void {
    this.#voice.say({ logger: 'fail2ban.server', level, message });
  }
}

function bare(target: string): string {
  return target.replace(/\[.*\]$/s, '').trim();
}

function refused(name: string, message: string): Refused {
  return new Refused(refusal('F2B_REPLY', message, { module: 'builtins', name, args: [message] }));
}
