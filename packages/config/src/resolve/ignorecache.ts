import type { Findings } from '../findings.js';
import type { IgnoreCacheSetting } from '../settings.js';
import type { JailValues } from './jail-values.js';

/**
 * Reads `ignorecache`: `key="<ip>", max-count=100, max-time=5m`; the key is mandatory, the rest has fail2ban's defaults.
 *
 * @returns undefined: answers are not kept
 */
export function readIgnoreCache(values: JailValues, findings: Findings, jail: string): IgnoreCacheSetting | undefined {
  const setting = values.text('ignorecache');
  if (setting === undefined || setting.value.trim() === '') return undefined;
  const options = ignorecacheOptions(setting.value);
  const key = options.get('key');
  const maxCount = Number(options.get('max-count') ?? 100);
  if (key === undefined || key === '' || !Number.isSafeInteger(maxCount) || maxCount < 1) {
    findings.add(
      'error',
      'F2B_CONFIG_IGNORECACHE',
      `ignorecache = '${setting.value}' of '${jail}' cannot be used.`,
      setting.origin,
      'Write key="<ip>", max-count=100, max-time=5m; until then no answer is kept.',
      jail,
    );
    return undefined;
  }
  const text = { value: options.get('max-time') ?? '5m', origin: setting.origin };
  const seconds = values.time('max-time in ignorecache', text, 'Until then no answer is kept.');
  return seconds === undefined ? undefined : { key, maxCount, maxTime: seconds * 1000 };
}

/** The options of an `ignorecache`, as they are written. */
export function ignorecacheOptions(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  const pair = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\]]*))/g;
  for (const [, name, double, single, bare] of text.matchAll(pair)) {
    options.set(name!, (double ?? single ?? bare ?? '').trim());
  }
  return options;
}
