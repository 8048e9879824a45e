import type { FilterSettings } from '@f2b/config';

/** What of a filter's settings decides how lines match. */
export type MatchSettings = Pick<
  FilterSettings,
  | 'name'
  | 'prefregex'
  | 'failregex'
  | 'ignoreregex'
  | 'datepattern'
  | 'maxlines'
  | 'usedns'
  | 'logtimezone'
  | 'logencoding'
>;

/** Only those settings: plain data, fit for JSON. */
export function matchSettings(settings: MatchSettings): MatchSettings {
  const { name, prefregex, failregex, ignoreregex, datepattern, maxlines, usedns, logtimezone, logencoding } = settings;
  return { name, prefregex, failregex, ignoreregex, datepattern, maxlines, usedns, logtimezone, logencoding };
}
