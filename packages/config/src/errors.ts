import type { Origin } from './settings.js';

/** Every code that a finding or an error of this package can carry. Codes are stable; sentences may improve. */
export const configErrorCodes = [
  'F2B_CONFIG_NO_DIRECTORY',
  'F2B_CONFIG_NO_FILE',
  'F2B_CONFIG_UNREADABLE',
  'F2B_CONFIG_ENCODING',
  'F2B_CONFIG_BOM',
  'F2B_CONFIG_NO_SECTION',
  'F2B_CONFIG_NOT_AN_OPTION',
  'F2B_CONFIG_DUPLICATE_SECTION',
  'F2B_CONFIG_DUPLICATE_OPTION',
  'F2B_CONFIG_SWALLOWED',
  'F2B_CONFIG_INLINE_HASH',
  'F2B_CONFIG_INCLUDE_LOOP',
  'F2B_CONFIG_INCLUDE_MISSING',
  'F2B_CONFIG_PERCENT',
  'F2B_CONFIG_UNKNOWN_REFERENCE',
  'F2B_CONFIG_TOO_DEEP',
  'F2B_CONFIG_TOO_LARGE',
  'F2B_CONFIG_SELF_REFERENCE',
  'F2B_CONFIG_SPEC',
  'F2B_CONFIG_NO_FILTER',
  'F2B_CONFIG_NO_ACTION',
  'F2B_CONFIG_DUPLICATE_ACTION',
  'F2B_CONFIG_PYTHON_ACTION',
  'F2B_CONFIG_NUMBER',
  'F2B_CONFIG_BOOLEAN',
  'F2B_CONFIG_TIME',
  'F2B_CONFIG_CHOICE',
  'F2B_CONFIG_DEFAULT_USED',
  'F2B_CONFIG_NO_LOG',
  'F2B_CONFIG_LOG_OPTION',
  'F2B_CONFIG_DANGLING_LOG',
  'F2B_CONFIG_JOURNAL',
  'F2B_CONFIG_JOURNAL_INSTEAD',
  'F2B_CONFIG_QUOTING',
  'F2B_CONFIG_JAIL_NAME',
  'F2B_CONFIG_UNKNOWN_JAIL',
  'F2B_CONFIG_UNKNOWN_OPTION',
  'F2B_CONFIG_UNKNOWN_SECTION',
  'F2B_CONFIG_DEAD_OPTION',
  'F2B_CONFIG_REGEX',
  'F2B_CONFIG_REGEX_WITHOUT_HOST',
  'F2B_CONFIG_OWN',
] as const;
export type ConfigErrorCode = (typeof configErrorCodes)[number];

/**
 * A mistake in a configuration tree that stops the reading of what it stands in (a value, a filter, a jail, the tree).
 *
 * `definition` is true where fail2ban itself would leave out only this jail and say so with a `config-error`; false where
 * fail2ban would give up on the whole configuration.
 */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly what: string;
  readonly origin: Origin | undefined;
  readonly advice: string;
  readonly definition: boolean;

  constructor(
    code: ConfigErrorCode,
    what: string,
    origin: Origin | undefined,
    advice: string,
    options?: { definition?: boolean },
  ) {
    super(`${code}: ${origin ? `${formatOrigin(origin)}: ` : ''}${what.replace(/[^.]$/, '$&.')} ${advice}`);
    this.name = 'ConfigError';
    this.code = code;
    this.what = what;
    this.origin = origin;
    this.advice = advice;
    this.definition = options?.definition ?? false;
  }
}

/** `file:line:column`, the form that editors and terminals turn into a link. */
export function formatOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}
