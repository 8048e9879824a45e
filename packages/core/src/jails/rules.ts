import type { DurationSetting, JailSettings, Seconds, Sourced } from '@f2b/config';
import { parseTime } from '@f2b/config';
import { readUsedns, type Usedns } from '@f2b/matcher';
import { CoreError } from '../errors.js';
import { type Increment, readIncrement } from './growth/increment.js';
import type { IgnoreList, IgnoreSettings } from './who/ignore.js';
import type { IgnoreCacheSettings } from './who/ignore-cache.js';

/** fail2ban's server defaults, which hold where the configuration sets nothing. */
const defaults = { maxretry: 3, maxmatches: 5, findtime: 600, bantime: 600 } as const;

/** What a jail's judge goes by. A reload exchanges it as a whole; the judge's book stays. */
export interface Rules {
  readonly jail: string;
  readonly maxretry: number;
  readonly findtime: Seconds;
  /** Negative: for ever. */
  readonly bantime: Seconds;
  readonly maxmatches: number;
  readonly usedns: Usedns;
  /** Undefined: ban times do not grow. */
  readonly increment: Increment | undefined;
  readonly ignorecache: IgnoreCacheSettings | undefined;
  /** Whether the jail has an ignorecommand; running it is the asker's business. */
  readonly ignorecommand: boolean;
  readonly ignore: IgnoreList;
}

/**
 * Reads a jail's settings as rules.
 * @throws CoreError F2B_JAIL_SETTINGS, F2B_EXPRESSION: the jail cannot run
 */
export function readRules(jail: JailSettings, ignore: IgnoreList): Rules {
  return {
    ignore,
    jail: jail.name,
    maxretry: Math.max(1, whole(jail.maxretry, defaults.maxretry, 'maxretry', jail)),
    maxmatches: Math.max(0, whole(jail.maxmatches, defaults.maxmatches, 'maxmatches', jail)),
    findtime: seconds(jail.findtime, defaults.findtime, 'findtime', jail),
    bantime: Math.trunc(seconds(jail.bantime, defaults.bantime, 'bantime', jail)),
    usedns: readUsedns(jail.filter.usedns.value),
    increment: increment(jail),
    ignorecache: ignoreCache(jail),
    ignorecommand: (jail.ignorecommand?.value.trim() ?? '') !== '',
  };
}

export function ignoreSettings(jail: JailSettings): IgnoreSettings {
  return { ignoreself: jail.ignoreself?.value ?? true, ignoreip: jail.ignoreip };
}

function whole(setting: Sourced<number> | undefined, fallback: number, name: string, jail: JailSettings): number {
  const value = setting?.value ?? fallback;
  if (Number.isFinite(value)) return Math.trunc(value);
  throw invalid(jail, name, String(value), 'write a whole number', setting);
}

function seconds(setting: DurationSetting | undefined, fallback: Seconds, name: string, jail: JailSettings): Seconds {
  const value = setting?.seconds ?? fallback;
  if (Number.isFinite(value)) return value;
  const at = setting === undefined ? undefined : { value: setting.text, origin: setting.origin };
  throw invalid(jail, name, setting?.text ?? '', 'write a duration such as 10m', at);
}

function increment(jail: JailSettings): Increment | undefined {
  const { bantimeIncrement: texts } = jail;
  if (texts.increment?.value !== true) return undefined;
  return readIncrement({
    factor: texts.factor?.value,
    formula: texts.formula?.value,
    multipliers: texts.multipliers?.value,
    maxtime: duration(texts.maxtime),
    rndtime: duration(texts.rndtime),
    overalljails: texts.overalljails?.value ?? false,
  });
}

function duration(setting: Sourced<string> | undefined): Seconds | undefined {
  return setting === undefined || setting.value.trim() === '' ? undefined : parseTime(setting.value, setting.origin);
}

/** `key="<ip>", max-count=100, max-time=5m`; the key is mandatory, the rest has fail2ban's defaults. */
function ignoreCache(jail: JailSettings): IgnoreCacheSettings | undefined {
  const setting = jail.ignorecache;
  if (setting === undefined || setting.value.trim() === '') return undefined;
  const options = new Map<string, string>();
  const pair = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\]]*))/g;
  for (const [, name, double, single, bare] of setting.value.matchAll(pair)) {
    options.set(name!, (double ?? single ?? bare ?? '').trim());
  }
  const key = options.get('key');
  const maxCount = Number(options.get('max-count') ?? 100);
  if (key === undefined || key === '' || !Number.isSafeInteger(maxCount) || maxCount < 1) {
    throw invalid(jail, 'ignorecache', setting.value, 'write key="<ip>", max-count=100, max-time=5m', setting);
  }
  return { key, maxCount, maxTime: parseTime(options.get('max-time') ?? '5m', setting.origin) * 1000 };
}

function invalid(
  jail: JailSettings,
  name: string,
  value: string,
  advice: string,
  setting: Pick<Sourced<unknown>, 'origin'> | undefined,
): CoreError {
  const origin = setting?.origin;
  const where = origin === undefined ? '' : `${origin.file}:${origin.line}:${origin.column}: `;
  return new CoreError(
    'F2B_JAIL_SETTINGS',
    `${where}jail '${jail.name}': ${name} = '${value}' cannot be used; ${advice}`,
  );
}
