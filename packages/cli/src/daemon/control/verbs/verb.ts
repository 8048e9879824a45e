import type { VoiceLevel } from '@f2b/config';
import type { Guard, JailStatus } from '@f2b/core';
import type { ReloadReport, ReloadWish } from '../reload.js';
import type { Reply, ReplyValue } from '../reply.js';
import type { Words } from './words.js';

/** Something that the guard did, as `watch` tells it. */
export interface DaemonEvent {
  readonly [key: string]: ReplyValue;
  readonly event: 'found' | 'ban' | 'unban' | 'repeal';
  readonly jail: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What the verbs ask of the guard. */
export type GuardControls = Pick<Guard, 'byHand' | 'jailSettings' | 'changeJail' | 'figures' | 'story' | 'allowing'>;

/** What of the server itself can be looked at and changed while it runs. Each setter throws `Refused` for what cannot be. */
export interface ServerControls {
  loglevel: string;
  logtarget: string;
  syslogsocket: string;
  allowipv6: string;
  /** The database's file; null: nothing outlives the process. */
  get dbfile(): string | null;
  set dbfile(file: string);
  /** As it is written. */
  dbpurgeage: string;
  dbmaxmatches: number;
}

/** What the verbs ask of the running daemon. */
export interface ControlledDaemon {
  readonly version: string;
  /** undefined: it is just being made. */
  readonly guard: GuardControls | undefined;
  readonly server: ServerControls;
  /** Names of all jails, running, starting or not, in any order. */
  jailNames(): readonly string[];
  /** undefined: no such jail, or it is just being started. */
  jailStatus(name: string): JailStatus | undefined;
  /** Why a jail of the configuration is not among the jails; undefined: it is, or there is no such jail. */
  whySkipped(name: string): string | undefined;
  /** Jails that the configuration wants and that are not among the jails, and why. */
  skippedJails(): readonly { readonly name: string; readonly why: string }[];
  /** Nothing is done to the firewall. */
  isDryRun(): boolean;
  /** Why what is to outlive the daemon cannot be written at the moment; undefined while it can. */
  storeTrouble(): string | undefined;
  /** What had to be given up for want of memory; undefined: nothing. */
  memoryShortage(): string | undefined;
  /** Ends the daemon; resolves when jails are stopped and bans are taken back. */
  stop(): Promise<void>;
  /** Stops jails and takes them out of the set. */
  stopJails(names: readonly string[]): Promise<void>;
  /**
   * Reads the configuration anew and changes what differs.
   * @throws Refused where it has a new mistake, and nothing was changed; where there is no such jail
   */
  reload(wish: ReloadWish): Promise<ReloadReport>;
  /** Resolves when all jails have been started, or have failed to. */
  ready(): Promise<void>;
  flushLogs(): string;
  isReady(): boolean;
  /** Writes a line into the daemon's log, as the part of it that serves this socket. */
  say(level: VoiceLevel, message: string): void;
  /** Tells what happens from now on. @returns how to end that. */
  watch(listener: (event: DaemonEvent) => void): () => void;
}

/**
 * One word of the protocol. An answer that comes in parts is a generator: it yields its items and returns the reply.
 * @param words those behind the verb
 * @param gone aborts when nobody waits for the answer any more
 * @throws Refused
 */
export type Verb = (
  daemon: ControlledDaemon,
  words: Words,
  gone: AbortSignal,
) => Reply | Promise<Reply> | AsyncGenerator<ReplyValue, Reply, void>;
