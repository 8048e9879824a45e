import type { RegexSetting, Sourced } from '@f2b/config';
import type { MatchSettings } from './settings.js';

/** A filter in bare texts, as the command line of `f2b regex` gives it. */
export interface PlainFilter {
  readonly failregex: string | readonly string[];
  readonly ignoreregex?: string | readonly string[];
  readonly prefregex?: string;
  readonly datepattern?: string;
  readonly maxlines?: number;
  readonly usedns?: string;
  readonly logencoding?: string;
  readonly logtimezone?: string;
}

function sourced<T>(value: T | undefined): Sourced<T> | undefined {
  return value === undefined ? undefined : { value, origin: undefined };
}

function expressions(texts: string | readonly string[] = []): RegexSetting[] {
  return (typeof texts === 'string' ? [texts] : texts).map((source) => ({ source, origin: undefined }));
}

/** Settings that no file holds: `usedns` is `warn` unless given, as in fail2ban. */
export function plainSettings(plain: PlainFilter): MatchSettings {
  return {
    name: undefined,
    prefregex: plain.prefregex === undefined ? undefined : { source: plain.prefregex, origin: undefined },
    failregex: expressions(plain.failregex),
    ignoreregex: expressions(plain.ignoreregex),
    datepattern: sourced(plain.datepattern),
    maxlines: sourced(plain.maxlines),
    usedns: { value: plain.usedns ?? 'warn', origin: undefined },
    logtimezone: sourced(plain.logtimezone),
    logencoding: sourced(plain.logencoding),
  };
}
