import { jailDefaults } from '../defaults.js';
import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import type { DurationSetting, Origin, Sourced } from '../settings.js';
import { originOf, type Traced } from '../syntax/traced.js';
import type { Seconds } from '../units.js';
import { isPlainBoolean, parseBoolean } from '../values/boolean.js';
import { parseInteger } from '../values/integer.js';
import { hasComment, parseTime } from '../values/time.js';
import type { JailOptionName } from './jail-options.js';

/** Larger whole numbers stand for this one; a jail never gets that far. */
const mostRetries = 1_000_000;

/** A jail's plain options, each read by its type; what is wrong with one is said, and costs only that one. */
export class JailValues {
  readonly #values: ReadonlyMap<JailOptionName, Traced>;
  readonly #findings: Findings;
  readonly #jail: string;
  readonly #where: Origin | undefined;
  /** What was read, as `-d` prints it. */
  readonly written = new Map<string, string | number | bigint | boolean | null>();

  /** @param where the jail's header, for values without a place of their own */
  constructor(
    values: ReadonlyMap<JailOptionName, Traced>,
    findings: Findings,
    jail: string,
    where: Origin | undefined,
  ) {
    this.#values = values;
    this.#findings = findings;
    this.#jail = jail;
    this.#where = where;
  }

  text(option: JailOptionName): Sourced<string> | undefined {
    const found = this.#find(option);
    if (found) this.written.set(option, found.value);
    return found;
  }

  boolean(option: JailOptionName): Sourced<boolean> | undefined {
    const found = this.#find(option);
    if (!found) return undefined;
    if (!isPlainBoolean(found.value)) {
      this.#say(
        'warning',
        'F2B_CONFIG_BOOLEAN',
        `${option} = ${found.value} means no: only 1, on, true and yes mean yes.`,
        found.origin,
        'Write true or false.',
      );
    }
    const value = parseBoolean(found.value);
    this.written.set(option, value);
    return { value, origin: found.origin };
  }

  /** An option of f2b's own, which fail2ban's stream does not know; off where nothing sets it. */
  flag(option: JailOptionName): boolean {
    const value = this.boolean(option)?.value === true;
    this.written.delete(option);
    return value;
  }

  /**
   * A whole number that counts something.
   *
   * @param least what smaller numbers are taken for
   */
  count(option: 'maxretry' | 'maxmatches', least: number): Sourced<number> | undefined {
    const found = this.#find(option);
    if (!found) return undefined;
    const { origin } = found;
    const value = parseInteger(found.value);
    if (value === undefined) {
      this.written.set(option, null);
      this.#say(
        'error',
        'F2B_CONFIG_NUMBER',
        `Wrong value for '${option}' in '${this.#jail}': '${found.value}' is no whole number.`,
        origin,
        'Write a whole number; until then the default holds.',
      );
      return undefined;
    }
    this.written.set(option, Number.isSafeInteger(value) ? value : BigInt(found.value.replace(/[^0-9-]/g, '')));
    const used = Math.min(Math.max(value, least), mostRetries);
    if (used !== value) {
      this.#say(
        'warning',
        'F2B_CONFIG_RANGE',
        `${option} = ${found.value} of '${this.#jail}' counts as ${used}.`,
        origin,
        `Write a number from ${least} to ${mostRetries}.`,
      );
    }
    return { value: used, origin };
  }

  /** `findtime` or `bantime`; the default holds where the text is no time. */
  duration(option: 'findtime' | 'bantime'): DurationSetting | undefined {
    const found = this.text(option);
    if (!found) return undefined;
    const { value: text, origin } = found;
    const value = this.time(option, found, 'Until then 10 minutes hold.');
    if (value === undefined) return { text, seconds: jailDefaults[option], origin };
    const seconds = option === 'bantime' ? Math.trunc(value) : value;
    if (option === 'bantime' ? seconds === 0 : seconds <= 0) {
      this.#say(
        'warning',
        'F2B_CONFIG_RANGE',
        option === 'bantime'
          ? `bantime = ${text} of '${this.#jail}' ends every ban as it begins.`
          : `findtime = ${text} of '${this.#jail}' leaves no time in which failures could add up.`,
        origin,
        option === 'bantime' ? 'Write a time such as 10m; -1 means for ever.' : 'Write a time such as 10m.',
      );
    }
    return { text, seconds, origin };
  }

  /** A time in the value of any option; undefined: it is none (an error then says so). */
  time(option: string, { value, origin }: Sourced<string>, instead: string): Seconds | undefined {
    try {
      const seconds = parseTime(value, origin);
      if (hasComment(value)) {
        this.#say(
          'warning',
          'F2B_CONFIG_INLINE_HASH',
          `the # in the value of '${option}' begins a comment only because this is a time.`,
          origin,
          'Put the comment on a line of its own, or begin it with a blank and a ;.',
        );
      }
      return seconds;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#say(
        'error',
        error.code,
        `${option} of '${this.#jail}': ${error.what}`,
        error.origin,
        `${error.advice} ${instead}`,
      );
      return undefined;
    }
  }

  #find(option: JailOptionName): Sourced<string> | undefined {
    const value = this.#values.get(option);
    return value && { value: value.text, origin: originOf(value) ?? this.#where };
  }

  #say(...[severity, code, what, origin, advice]: Parameters<Findings['add']>): void {
    this.#findings.add(severity, code, what, origin, advice, this.#jail);
  }
}
