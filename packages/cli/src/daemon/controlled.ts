import type { VoiceLevel } from '@f2b/config';
import type { Ban, Guard, Identifier, JailStatus } from '@f2b/core';
import { CliError } from '../errors.js';
import { whySkipped } from './announce.js';
import type { Configuration } from './configuration.js';
import type { ReloadReport, ReloadWish } from './control/reload.js';
import { Refused, refusal } from './control/reply.js';
import { unknownJail } from './control/verbs/raise.js';
import type { ControlledDaemon, DaemonEvent, ServerControls } from './control/verbs/verb.js';
import type { Signals } from './signals.js';
import type { ServerVoice } from './voice/server-voice.js';

/** The daemon as the verbs of the socket see it, from before its guard is there until its end. */
export class Controlled implements ControlledDaemon {
  readonly version: string;
  readonly server: ServerControls;
  readonly #configuration: Configuration;
  readonly #signals: Signals;
  readonly #voice: ServerVoice;
  /** Listeners that came before the guard. */
  readonly #early = new Map<(event: DaemonEvent) => void, () => void>();
  #guard: Guard | undefined;
  /** Nothing is done to the firewall. */
  dryRun = false;

  constructor(
    version: string,
    configuration: Configuration,
    signals: Signals,
    voice: ServerVoice,
    server: ServerControls,
  ) {
    this.version = version;
    this.server = server;
    this.#configuration = configuration;
    this.#signals = signals;
    this.#voice = voice;
  }

  get guard(): Guard | undefined {
    return this.#guard;
  }

  set guard(guard: Guard) {
    this.#guard = guard;
    for (const listener of this.#early.keys()) this.#early.set(listener, listen(guard, listener));
  }

  jailNames(): readonly string[] {
    return this.#guard?.jailNames() ?? this.#configuration.settings.jails.map(({ name }) => name);
  }

  jailStatus(name: string): JailStatus | undefined {
    return this.#guard?.jailStatus(name);
  }

  whySkipped(name: string): string | undefined {
    return whySkipped(this.#configuration.settings, name);
  }

  skippedJails(): readonly { readonly name: string; readonly why: string }[] {
    return this.#configuration.settings.skipped.map(({ name }) => ({ name, why: this.whySkipped(name) ?? '' }));
  }

  isDryRun(): boolean {
    return this.dryRun;
  }

  storeTrouble(): string | undefined {
    return this.#guard?.storeTrouble;
  }

  memoryShortage(): string | undefined {
    return this.#guard?.memoryShortage;
  }

  say(level: VoiceLevel, message: string): void {
    this.#voice.say({ logger: 'fail2ban.transmitter', level, message });
  }

  flushLogs(): string {
    return this.#voice.reopen();
  }

  isReady(): boolean {
    return this.#guard?.started === true;
  }

  stop(): Promise<void> {
    this.#signals.stopRequested();
    return this.#signals.stopped;
  }

  async stopJails(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#guard?.removeJail(name)));
  }

  async reload(wish: ReloadWish): Promise<ReloadReport> {
    try {
      return await this.#configuration.reload(wish);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.code === 'F2B_UNKNOWN_JAIL') throw unknownJail(wish.jail ?? '');
      throw new Refused(refusal('F2B_RELOAD_REFUSED', error.message));
    }
  }

  ready(): Promise<void> {
    return this.#configuration.ready();
  }

  watch(listener: (event: DaemonEvent) => void): () => void {
    if (this.#guard !== undefined) return listen(this.#guard, listener);
    this.#early.set(listener, () => {});
    return () => {
      this.#early.get(listener)?.();
      this.#early.delete(listener);
    };
  }
}

function listen({ events }: Guard, listener: (event: DaemonEvent) => void): () => void {
  const found = ({ jail, who, time }: { readonly jail: string; readonly who: Identifier; readonly time: number }) =>
    listener({ event: 'found', jail, id: who.id, time });
  const tell = (event: DaemonEvent['event'], { jail, ban, simulated }: Told) =>
    listener({ event, jail, id: ban.who.id, time: Date.now(), ...(simulated && { simulated }) });
  const ban = (of: Told) => tell('ban', of);
  const unban = (of: Told & { readonly why: string }) => tell(of.why === 'repealed' ? 'repeal' : 'unban', of);
  events.on('found', found).on('ban', ban).on('unban', unban);
  return () => events.off('found', found).off('ban', ban).off('unban', unban);
}

interface Told {
  readonly jail: string;
  readonly ban: Readonly<Ban>;
  readonly simulated: boolean;
}
