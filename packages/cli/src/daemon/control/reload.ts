import type { ReplyValue } from './reply.js';

/** What somebody wants read anew. */
export interface ReloadWish {
  /** Only this jail; undefined: the whole configuration. */
  readonly jail?: string | undefined;
  /** `--restart`: stop the jails and start them again, instead of changing what has changed. */
  readonly restart?: boolean;
  /** `--unban`: lift their bans first. */
  readonly unban?: boolean;
  /** `--if-exists`: a jail that does not run is no mistake. */
  readonly ifExists?: boolean;
  /** A jail that does not run is started, as long as the configuration has it. */
  readonly mayStart?: boolean;
  /** Only say what would change. */
  readonly dryRun?: boolean;
  /** What fail2ban's own client read and sent along. */
  readonly stream?: ClientStream;
}

/** Of the commands that fail2ban's client sends along with its reload, by jail, those by which two configurations can be told apart. */
export type ClientStream = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What a reload did, or would do. */
export interface ReloadReport {
  readonly [key: string]: ReplyValue;
  readonly directory: string;
  readonly added: readonly string[];
  /** With what of each has changed: `filter`, `logs`, `limits`, `ignore`, `actions`. */
  readonly changed: readonly { readonly name: string; readonly parts: readonly string[] }[];
  readonly restarted: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  /** Settings of the server that were taken over. */
  readonly server: readonly string[];
  /** Settings that hold only after a restart. */
  readonly later: readonly string[];
  /** What a person should know, a line each. */
  readonly warnings: readonly string[];
}

/** One line for the log. */
export function reloadInWords({ added, changed, restarted, removed, unchanged, server }: ReloadReport): string {
  const parts = [
    of(
      'changed',
      changed.map(({ name, parts }) => `${name} (${parts.join(', ')})`),
    ),
    of('added', added),
    of('restarted', restarted),
    of('removed', removed),
    of('server', server),
  ].filter((part) => part !== undefined);
  const rest = `${unchanged.length} ${unchanged.length === 1 ? 'jail' : 'jails'} as before`;
  return [...parts, rest].join('; ');
}

/** Names that a line of the log lists; further ones are counted. */
const mostListed = 20;

function of(what: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > mostListed ? `, and ${names.length - mostListed} more` : '';
  return `${what}: ${names.slice(0, mostListed).join(', ')}${more}`;
}
