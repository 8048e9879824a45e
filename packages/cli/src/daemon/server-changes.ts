import type { Settings } from '@f2b/config';

/** A setting of the server, or of f2b.ini, that a configuration says otherwise than the one before. */
export interface ServerChange {
  readonly setting: string;
  readonly value: string;
  /** Whether a running daemon can take it over. */
  readonly live: boolean;
}

/** What a running daemon takes over; all else is where its parts were put when it started. */
const live = new Set(['loglevel']);

/** What differs in `fail2ban.conf` and `f2b.ini`. */
export function serverChanges(before: Settings, after: Settings): ServerChange[] {
  const old = new Map(entries(before));
  return entries(after)
    .filter(([setting, value]) => old.get(setting) !== value)
    .map(([setting, value]) => ({ setting, value, live: live.has(setting) }));
}

function entries({ server, own }: Settings): (readonly [string, string])[] {
  return [
    ...Object.entries(server).map(([name, sourced]) => [name, String(sourced?.value)] as const),
    ...Object.entries(own).map(([name, value]) => [`f2b.ini ${name}`, JSON.stringify(value)] as const),
  ];
}
