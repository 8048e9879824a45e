import { posix } from 'node:path';
import { ConfigError } from '../errors.js';
import { interpolate } from '../interpolate/percent.js';
import { MergedTree } from '../merge/tree.js';
import type { Origin } from '../settings.js';
import type { Kind } from '../syntax/edge.js';
import type { FileStore } from '../syntax/files.js';
import type { ParsedFile } from '../syntax/parse.js';
import { originOf, type Traced } from '../syntax/traced.js';

/** More files than any tree needs; a chain of includes that doubles at each step would pass any memory. */
const maxIncluded = 2_000;

/** An include that leads nowhere: there is no such file, or it is being read already. */
export interface MissingInclude {
  readonly path: string;
  readonly origin: Origin | undefined;
}

/**
 * The order in which a list of files is read, includes unfolded: for each file its `before` list, itself, its `after`
 * list, recursively; each `X.conf` is followed by its `X.local` where the list does not name it. A file that includes one
 * of its ancestors is not entered again.
 *
 * @throws ConfigError where the number of files passes every sensible tree, or a reference in a list cannot be resolved
 */
export function unfoldIncludes(
  store: FileStore,
  files: readonly string[],
): { order: readonly string[]; missing: readonly MissingInclude[]; circular: readonly MissingInclude[] } {
  const order: string[] = [];
  const missing: MissingInclude[] = [];
  const circular: MissingInclude[] = [];
  let known = includesOf.get(store);
  if (!known) {
    known = new Map();
    includesOf.set(store, known);
  }
  const remembered = known;
  const listsOf = (file: string): IncludeLists => {
    let lists = remembered.get(file);
    if (!lists) {
      lists = includeLists(store, file);
      remembered.set(file, lists);
    }
    return lists;
  };

  const visit = (list: readonly string[], ancestors: readonly string[]): void => {
    for (const file of withLocals(store, list)) {
      const lists = listsOf(file);
      for (const which of ['before', 'after'] as const) {
        for (const { path, origin } of lists[which]) {
          if (path === file || ancestors.includes(path)) {
            circular.push({ path, origin });
            continue;
          }
          if (store.kind(path) === 'missing' && store.kind(localOf(path)) === 'missing') missing.push({ path, origin });
          visit([path], [...ancestors, file]);
        }
        if (which === 'before' && store.kind(file) !== 'missing') order.push(file);
      }
      if (order.length > maxIncluded) {
        throw new ConfigError(
          'F2B_CONFIG_INCLUDE_LOOP',
          `the includes unfold to more than ${maxIncluded} files.`,
          { file, line: 1, column: 1 },
          'Look for files that include each other in [INCLUDES].',
        );
      }
    }
  };
  visit(files, []);
  return { order, missing, circular };
}

/** A link to nothing is no file: whoever named it is told so. */
function isThere(kind: Kind): boolean {
  return kind !== 'missing' && kind !== 'dangling';
}

function localOf(file: string): string {
  const ending = posix.extname(file);
  return `${ending ? file.slice(0, -ending.length) : file}.local`;
}

function withLocals(store: FileStore, list: readonly string[]): string[] {
  const whole: string[] = [];
  for (const file of list) {
    whole.push(file);
    const local = localOf(file);
    if (!list.includes(local) && isThere(store.kind(local))) whole.push(local);
  }
  return whole;
}

interface IncludeLists {
  readonly before: readonly MissingInclude[];
  readonly after: readonly MissingInclude[];
}

const noIncludes: IncludeLists = { before: [], after: [] };

/** What each file of a tree includes: `common.conf` is asked by every filter. */
const includesOf = new WeakMap<FileStore, Map<string, IncludeLists>>();

function includeLists(store: FileStore, file: string): IncludeLists {
  if (store.kind(file) === 'missing') return noIncludes;
  const parsed = store.parse(file);
  if (!parsed.sections.has('INCLUDES')) return noIncludes;
  const read = (option: string): MissingInclude[] => {
    const written =
      parsed.sections.get('INCLUDES')?.entries.get(option) ?? parsed.sections.get('DEFAULT')?.entries.get(option);
    if (!written) return [];
    const value = written.value.text.includes('%') ? resolved(parsed, option) : written.value;
    return value.text.split('\n').map((name) => ({
      path: posix.isAbsolute(name) ? name : posix.join(posix.dirname(file), name),
      origin: originOf(value),
    }));
  };
  return { before: read('before'), after: read('after') };
}

/** An include list that refers to other options of its file. */
function resolved(parsed: ParsedFile, option: string): Traced {
  const alone = new MergedTree();
  alone.add(parsed);
  return interpolate({ tree: alone, section: 'INCLUDES' }, option, alone.find('INCLUDES', option)!);
}
