import type { Voice } from '@f2b/config';
import pino from 'pino';
import { reasonOf } from '../../errors.js';
import { printable, printableInJson } from '../../printable.js';
import type { VoiceEntry } from './entry.js';
import { type LevelName, levels, parseLevel } from './levels.js';
import { parseTarget, type TargetSpec } from './target-spec.js';
import type { SinkTrouble, VoiceSink } from './targets/sink.js';
import { streamSink } from './targets/stream-sink.js';
import { syslogSink } from './targets/syslog-sink.js';

type LowerLevel = Lowercase<LevelName>;

export interface VoiceSettings {
  /** A name or a number. */
  readonly loglevel: string;
  readonly logtarget: string;
  readonly syslogsocket: string;
  readonly logformat: 'classic' | 'json';
}

/** Sees every entry that passed the level, beside the target: the starter's terminal, a test. */
export type VoiceWitness = (entry: VoiceEntry) => void;

/** The daemon's log. `logger` is the name in the line: `fail2ban.server`, `fail2ban.actions`, ... */
export interface ServerVoice extends Voice {
  readonly level: number;
  /** The target as it stands now, which after a failure is not the one asked for. */
  readonly target: string;
  setLevel(loglevel: string): void;
  /**
   * Writes somewhere else from now on.
   * @throws what keeps the new target from being opened; the old one then stays
   */
  setTarget(target: string, syslogsocket: string): void;
  /** Opens the log file anew. @returns `rolled over` for a file, else `flushed`. */
  reopen(): 'rolled over' | 'flushed';
  /** Dismisses a witness. */
  unwatch(witness: VoiceWitness): void;
  flushNow(): void;
  close(): Promise<void>;
}

/**
 * Opens the log. A target that cannot be opened is said on STDERR, which then takes its place: a guard without a log
 * file still guards.
 * @param firstWitness is there from the first line on, which may be the one that says why the target cannot be opened.
 * @throws CliError `F2B_LOG_LEVEL` for a level that does not exist.
 */
export function openServerVoice(settings: VoiceSettings, firstWitness?: VoiceWitness): ServerVoice {
  let level = parseLevel(settings.loglevel);
  const witnesses = new Set<VoiceWitness>(firstWitness ? [firstWitness] : []);
  let telling = false;
  const trouble: SinkTrouble = (what) => {
    // A target in trouble may be the target of this very message.
    if (telling) return;
    telling = true;
    if (target !== 'STDERR') process.stderr.write(`f2b: ${printable(what)}\n`);
    try {
      logger.error({ logger: 'fail2ban.server' }, what);
    } finally {
      telling = false;
    }
  };

  const json = settings.logformat === 'json';
  let target = settings.logtarget;
  let sink: VoiceSink;
  let refused: string | undefined;
  try {
    sink = openSink(parseTarget(settings.logtarget), settings.syslogsocket, json, trouble);
  } catch (error) {
    refused = `${reasonOf(error)} (now logging to STDERR)`;
    target = 'STDERR';
    sink = openSink(parseTarget('STDERR'), settings.syslogsocket, json, trouble);
  }

  // pino hands the pieces of the entry to a stream that asks for them, so that the classic line needs no JSON parsed back.
  const stream = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastMsg: '',
    lastTime: '0',
    lastObj: { logger: 'fail2ban' },
    write(line: string) {
      const entry: VoiceEntry = {
        time: Number(this.lastTime),
        level: this.lastLevel,
        logger: this.lastObj.logger,
        message: this.lastMsg ?? '',
      };
      for (const witness of witnesses) witness(entry);
      sink.write(entry, json ? printableInJson(line) : line);
    },
  };
  const logger = pino(
    {
      customLevels: Object.fromEntries(
        Object.entries(levels).map(([name, number]) => [name.toLowerCase(), number]),
      ) as Record<LowerLevel, number>,
      useOnlyCustomLevels: true,
      level: 'heavydebug',
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    },
    stream,
  );
  if (refused !== undefined) logger.error({ logger: 'fail2ban.server' }, refused);

  return {
    say({ logger: speaker, level: name, message }) {
      // The threshold may be any number (`loglevel = 22`), which pino's named levels cannot express.
      if (levels[name] < level) return;
      logger[name.toLowerCase() as LowerLevel]({ logger: speaker }, message);
    },
    get level() {
      return level;
    },
    get target() {
      return target;
    },
    setLevel(loglevel) {
      level = parseLevel(loglevel);
    },
    setTarget(wanted, syslogsocket) {
      const before = sink;
      sink = openSink(parseTarget(wanted), syslogsocket, json, trouble);
      target = wanted;
      // What it was told before is still written.
      void before.close();
    },
    reopen() {
      try {
        return sink.reopen();
      } catch (error) {
        trouble(`${reasonOf(error)} (the old file stays in use)`);
        return 'flushed';
      }
    },
    unwatch: (witness) => void witnesses.delete(witness),
    flushNow: () => sink.flushNow(),
    close: () => sink.close(),
  };
}

function openSink(spec: TargetSpec, syslogsocket: string, json: boolean, trouble: SinkTrouble): VoiceSink {
  const shape = { datetime: spec.datetime ?? spec.kind !== 'sysout', padding: spec.padding ?? true };
  switch (spec.kind) {
    case 'syslog':
      return syslogSink(syslogsocket, spec.facility, json, trouble);
    case 'file':
      return streamSink({ file: spec.file }, { json, shape }, trouble);
    case 'stdout':
    case 'sysout':
      return streamSink({ fd: 1 }, { json, shape }, trouble);
    case 'stderr':
      return streamSink({ fd: 2 }, { json, shape }, trouble);
  }
}
