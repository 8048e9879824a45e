import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import {
  ConfigError,
  type FilterSettings,
  type Finding,
  knownNames,
  nearest,
  type OneJail,
  readOneFilter,
  readOneJail,
  readSpec,
} from '@f2b/config';
import { type MatchSettings, plainSettings } from '@f2b/matcher';
import { CliError } from '../../errors.js';

/** What REGEX named, and how. */
export type Subject =
  | { readonly kind: 'jail'; readonly jail: OneJail; readonly settings: FilterSettings; readonly args: Args }
  | {
      readonly kind: 'filter';
      /** Its name in `filter.d`, or its path as written. */
      readonly name: string;
      /** The configuration directory; undefined for a file elsewhere. */
      readonly directory: string | undefined;
      readonly settings: FilterSettings;
      readonly args: Args;
    }
  | { readonly kind: 'regex'; readonly text: string; readonly settings: MatchSettings };

type Args = ReadonlyMap<string, string>;

export interface SubjectPlace {
  /** The configuration directory; jails and filters of that name are looked for there. */
  readonly directory: string;
  readonly backend: 'auto' | 'systemd';
  /** Hears what is wrong in the files of the jail or the filter, hints left out. */
  readonly report?: (finding: Finding) => void;
}

const filterLike = /^\/?[\w/\-.]+(?:\[.*\])?$/su;
const fileEnding = /\.(?:conf|local)$/;

/**
 * fail2ban-regex's rule for REGEX: what looks like a name is a jail of the configuration, else a filter file, else an expression. A
 * bare word that is none of the three is refused: an expression needs a tag or a group, a word has none.
 *
 * @throws CliError `F2B_NO_FILTER`; ConfigError where a jail or a filter cannot be read
 */
export function findSubject(text: string, place: SubjectPlace): Subject {
  if (!filterLike.test(text)) return asRegex(text);
  const { name, args } = readSpec(text);
  const options = { ...place, args, report: reporter(name, place) };
  const isPath = name.includes('/');
  if (!isPath && !fileEnding.test(name)) {
    const jail = orNone(() => readOneJail(name, options));
    if (jail !== undefined) return { kind: 'jail', jail, settings: jail.filter, args };
  }
  const file = isFile(name) ? resolve(name) : isFile(`${name}.conf`) && isPath ? resolve(`${name}.conf`) : undefined;
  const own = nameInTree(file, name, place.directory);
  if (own !== undefined) {
    const settings = orNone(() => readOneFilter(own, options));
    if (settings !== undefined) return { kind: 'filter', name: own, directory: place.directory, settings, args };
  }
  if (file !== undefined) {
    const settings = readOneFilter(file, options);
    if (settings !== undefined) return { kind: 'filter', name, directory: undefined, settings, args };
  }
  throw unknownName(text, name, place.directory);
}

/** The expressions of the file that IGNOREREGEX names; undefined when it names none. */
export function ignoreregexFile(text: string, place: SubjectPlace): FilterSettings | undefined {
  if (!filterLike.test(text) || !fileEnding.test(text) || !isFile(text)) return undefined;
  return readOneFilter(resolve(text), { ...place, report: reporter(text, place) });
}

/** What is said of other jails of the tree, and mere hints, are no business of whoever tries out this one. */
function reporter(name: string, { report }: SubjectPlace): (finding: Finding) => void {
  return (finding) => {
    const { severity, jail } = finding;
    if (severity !== 'hint' && (jail === undefined || jail === name)) report?.(finding);
  };
}

function asRegex(text: string): Subject {
  return { kind: 'regex', text, settings: plainSettings({ failregex: text }) };
}

/** The name in `filter.d` of the configuration that a word or a path stands for. */
function nameInTree(file: string | undefined, name: string, directory: string): string | undefined {
  if (!name.includes('/')) return name.replace(fileEnding, '');
  const inTree = /^filter\.d\/([^/]+)$/.exec(name)?.[1];
  if (inTree !== undefined && !(file !== undefined && !inFolder(file, directory)))
    return inTree.replace(fileEnding, '');
  return file !== undefined && inFolder(file, directory) ? basename(file).replace(fileEnding, '') : undefined;
}

function inFolder(file: string, directory: string): boolean {
  try {
    return realpathSync(dirname(file)) === realpathSync(resolve(directory, 'filter.d'));
  } catch {
    return false;
  }
}

/** Without a configuration there are no jails and no filters of that name, which is no error yet. */
function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'F2B_CONFIG_NO_DIRECTORY') return undefined;
    throw error;
  }
}

function unknownName(text: string, name: string, directory: string): CliError {
  const known = orNone(() => knownNames({ directory }));
  const near = known && nearest(name.replace(fileEnding, ''), [...known.filters, ...known.jails]);
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`;
  return new CliError(
    'F2B_NO_FILTER',
    `'${text}' is no jail of ${directory}, no filter of its filter.d, and no file; and as an expression it says nobody to ban.${hint}`,
  );
}

export function isFile(path: string): boolean {
  try {
    return path !== '' && statSync(path).isFile();
  } catch {
    return false;
  }
}
