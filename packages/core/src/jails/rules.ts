import { type IgnoreCacheSetting, type JailSettings, jailDefaults, type Seconds } from '@f2b/config';
import { readUsedns, type Usedns } from '@f2b/matcher';
import { type Increment, incrementOf } from './growth/increment.js';
import type { IgnoreList, IgnoreSettings } from './who/ignore.js';

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
  readonly ignorecache: IgnoreCacheSetting | undefined;
  /** Whether the jail has an ignorecommand; running it is the asker's business. */
  readonly ignorecommand: boolean;
  readonly ignore: IgnoreList;
  /** Nothing that is decided is carried out, and it is said so. */
  readonly simulate?: boolean;
}

/** A jail's settings as rules. Whatever is wrong in them was found, and said, when they were read. */
export function readRules(jail: JailSettings, ignore: IgnoreList): Rules {
  return {
    ignore,
    simulate: jail.simulate,
    jail: jail.name,
    maxretry: jail.maxretry?.value ?? jailDefaults.maxretry,
    maxmatches: jail.maxmatches?.value ?? jailDefaults.maxmatches,
    findtime: jail.findtime?.seconds ?? jailDefaults.findtime,
    bantime: jail.bantime?.seconds ?? jailDefaults.bantime,
    usedns: readUsedns(jail.filter.usedns.value),
    increment: jail.growth && incrementOf(jail.growth),
    ignorecache: jail.ignorecache,
    ignorecommand: (jail.ignorecommand?.value.trim() ?? '') !== '',
  };
}

export function ignoreSettings(jail: JailSettings): IgnoreSettings {
  return { ignoreself: jail.ignoreself?.value ?? true, ignoreip: jail.ignoreip };
}
