import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { CliError, reasonOf } from '../../../errors.js';
import { printable } from '../../../printable.js';
import { levelName, syslogSeverity } from '../levels.js';
import type { SinkTrouble, VoiceSink } from './sink.js';

/** Bytes that may wait in front of one `logger` process before lines are dropped (and counted). */
const waitingBytes = 1024 * 1024;

/** After this many starts without a line's success, a `logger` process is not tried again until `reopen`. */
const maxStarts = 5;

/** One name that speaks, and the process that carries its lines. */
interface Speaker {
  child: ChildProcess | undefined;
  starts: number;
  dropped: number;
}

/**
 * Lines to the system's log socket. Node has no datagram socket in the Unix family, so util-linux's `logger` (present on
 * every distribution with a syslog) holds the socket: one process for each name that speaks (`fail2ban.actions`, ...:
 * a handful), since the name is the line's tag and recidive reads it. Each stays alive and gets `<priority>text` lines
 * on its standard input; it reconnects by itself when the syslog daemon restarts. Log content travels on stdin only,
 * never on a command line.
 * @throws CliError `F2B_LOG_TARGET` when the socket is not there.
 */
export function syslogSink(
  socket: string,
  facility: number,
  json: boolean,
  trouble: SinkTrouble,
  program = 'logger',
): VoiceSink {
  const path = socket === 'auto' || socket === '' ? '/dev/log' : socket;
  checkSocket(path);
  const speakers = new Map<string, Speaker>();

  function childOf(logger: string): { speaker: Speaker; child: ChildProcess | undefined } {
    let speaker = speakers.get(logger);
    if (!speaker) {
      speaker = { child: undefined, starts: 0, dropped: 0 };
      speakers.set(logger, speaker);
    }
    if (speaker.child || speaker.starts >= maxStarts) return { speaker, child: speaker.child };
    speaker.starts += 1;
    const own = speaker;
    const child = spawn(
      program,
      ['--socket', path, '--tag', logger, `--id=${process.pid}`, '--prio-prefix', '--size', '8KiB'],
      // A process group of its own: Ctrl-C at the terminal must not end it before the last lines are through.
      { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
    );
    speaker.child = child;
    let complaint = '';
    child.stderr?.on('data', (data: Buffer) => {
      if (complaint.length < 400) complaint += data.toString('utf8');
    });
    child.stdin?.on('error', () => {});
    const gone = (why: string) => {
      if (own.child !== child) return;
      own.child = undefined;
      if (own.starts >= maxStarts) trouble(`SYSLOG: ${program} fails again and again (${why}); its lines are lost`);
    };
    child.on('error', (error) => gone(reasonOf(error)));
    child.on('close', (code) => gone(complaint.trim() || `exit status ${code}`));
    child.unref();
    (child.stdin as { unref?: () => void } | null)?.unref?.();
    (child.stderr as { unref?: () => void } | null)?.unref?.();
    return { speaker, child };
  }

  return {
    write(entry, jsonLine) {
      const { speaker, child } = childOf(entry.logger);
      const stdin = child?.stdin;
      if (!stdin || stdin.destroyed || stdin.writableLength > waitingBytes) {
        speaker.dropped += 1;
        return;
      }
      if (speaker.dropped > 0) {
        const lost = speaker.dropped;
        speaker.dropped = 0;
        trouble(`${lost} log lines of ${entry.logger} were lost: syslog did not take them in time`);
      }
      const text = json ? jsonLine.trimEnd() : `${levelName(entry.level)} ${printable(entry.message)}`;
      stdin.write(`<${facility * 8 + syslogSeverity(entry.level)}>${text}\n`);
    },
    reopen() {
      for (const speaker of speakers.values()) speaker.starts = 0;
      return 'flushed';
    },
    async close() {
      await Promise.all(
        [...speakers.values()].map(
          ({ child }) =>
            new Promise<void>((resolve) => {
              if (!child || child.exitCode !== null) return resolve();
              child.ref();
              child.once('close', () => resolve());
              child.once('error', () => resolve());
              child.stdin?.end();
            }),
        ),
      );
      speakers.clear();
    },
    flushNow() {
      // What was written to a pipe is out of our hands already.
    },
  };
}

function checkSocket(path: string): void {
  const advice = 'start a syslog daemon, or set logtarget to a file or STDERR, or syslogsocket to its socket';
  let isSocket = false;
  try {
    isSocket = statSync(path).isSocket();
  } catch (error) {
    throw new CliError('F2B_LOG_TARGET', `logtarget SYSLOG: no log socket at ${path} (${reasonOf(error)}); ${advice}`);
  }
  if (!isSocket) throw new CliError('F2B_LOG_TARGET', `logtarget SYSLOG: ${path} is not a socket; ${advice}`);
}
