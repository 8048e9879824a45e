import { Dns, IgnoreList, identifierOf, realEdges } from '@f2b/core';
import { compileFilter } from '@f2b/matcher';
import type { Flags } from '../../commandline/flags.js';
import { printableJson } from '../../printable.js';
import { chooseDirectory } from '../regex/config-directory.js';
import { inWords } from '../regex/in-words.js';
import type { RegexOptions } from '../regex/options.js';
import { findSubject, type Subject } from '../regex/subject.js';
import { renderWay } from './render.js';
import { followLine, type Way } from './way.js';

/** What is to be explained. */
export interface Explained {
  /** A jail, a filter, or a failregex. */
  readonly name: string;
  readonly line: string;
  readonly json: boolean;
}

/**
 * Runs `f2b explain`.
 * @returns the exit code
 */
export function runExplain({ name, line, json }: Explained, options: RegexOptions, flags: Flags): Promise<number> {
  return inWords(async () => {
    const now = options.now ?? Date.now();
    const subject = findSubject(name, { directory: chooseDirectory(options.config ?? flags.conf), backend: 'auto' });
    const given = (value: string | undefined) => value !== undefined && { value, origin: undefined };
    const { settings } = subject;
    const filter = compileFilter(
      {
        ...settings,
        // One line is all there is: a filter that joins several is shown what it makes of this one.
        maxlines: undefined,
        datepattern: given(options.datepattern) || settings.datepattern,
        logtimezone: given(options.timezone) || settings.logtimezone,
        usedns: given(options.usedns) || settings.usedns,
      },
      { thisYear: new Date(now).getFullYear() },
    );
    const way = followLine(filter, line, now);
    const ignored = await ignoredBy(subject, way, now);
    const { identifier, ...rest } = way;
    process.stdout.write(
      json
        ? `${printableJson({ ...rest, id: identifier?.id ?? null, why: identifier?.why ?? null, ignoreip: ignored ?? null })}\n`
        : renderWay(way, ignored),
    );
    return 0;
  });
}

/** What the jail's ignoreip and ignoreself say of the identifier; undefined where there is none, or no jail. */
async function ignoredBy(subject: Subject, way: Way, now: number): Promise<string | undefined> {
  const id = way.identifier?.id;
  if (subject.kind !== 'jail' || id === undefined) return undefined;
  const problems: string[] = [];
  const edges = realEdges(() => {});
  const list = new IgnoreList(subject.jail, {
    ownAddresses: () => edges.ownAddresses(),
    lists: edges.lists,
    dns: new Dns((host) => edges.resolve(host)),
    problem: (_code, what) => problems.push(what),
  });
  await list.refreshNames(now);
  const rule = list.check(identifierOf(id), now);
  const said =
    rule === undefined ? `not ignored by jail ${subject.jail.name}` : `ignored by jail ${subject.jail.name}: ${rule}`;
  return [said, ...problems].join('; ');
}
