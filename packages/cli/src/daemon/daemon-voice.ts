import type { Settings, VoiceLevel } from '@f2b/config';
import { type StarterReport, starterTeller } from './starter-report.js';
import { openServerVoice, type ServerVoice } from './voice/server-voice.js';

/** The daemon's voice, which while it starts also speaks to whoever started it. */
export interface DaemonVoice extends ServerVoice {
  /** Says something of the server itself. */
  tell(level: VoiceLevel, message: string): void;
  /** The start is over: the starter hears no more, and what was said is written. */
  started(): void;
  /** What ended the start. Whoever started us hears it from the error itself. */
  lastOfFailedStart(level: VoiceLevel, message: string): void;
}

export interface DaemonVoiceOptions {
  readonly settings: Settings;
  readonly loglevel: string;
  readonly logtarget: string;
  readonly syslogsocket: string;
  readonly report: StarterReport | undefined;
}

/** @throws CliError `F2B_LOG_LEVEL` */
export function openDaemonVoice(options: DaemonVoiceOptions): DaemonVoice {
  const { loglevel, logtarget, syslogsocket, report } = options;
  const teller = starterTeller(report, logtarget);
  const voice = openServerVoice(
    { loglevel, logtarget, syslogsocket, logformat: options.settings.own.logformat },
    teller,
  );
  const tell = (level: VoiceLevel, message: string) => voice.say({ logger: 'fail2ban.server', level, message });
  if (voice.target !== logtarget) {
    // The terminal is the log now.
    if (!report) voice.unwatch(teller);
    else
      tell(
        'WARNING',
        'Nobody sees the log of this server, which runs in the background: mend logtarget and restart it',
      );
  }
  return Object.assign(voice, {
    tell,
    started() {
      voice.unwatch(teller);
      voice.flushNow();
    },
    lastOfFailedStart(level: VoiceLevel, message: string) {
      voice.unwatch(teller);
      tell(level, message);
    },
  });
}
