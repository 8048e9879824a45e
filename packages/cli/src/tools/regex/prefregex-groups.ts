import { type CompiledFilter, compileFilter } from '@f2b/matcher';
import { isComment } from './log.js';
import type { LogSource } from './log-source.js';
import type { Output } from './output.js';
import { dictRepr } from './python.js';
import { scanSource } from './scan-source.js';

/**
 * Writes the groups of every line that prefregex matches. The log is read once more for it, so that they need not be kept; of the
 * standard input, which cannot be read again, there are none.
 */
export async function prefregexGroups(
  filter: CompiledFilter,
  log: LogSource,
  now: number,
  skipComments: boolean,
  out: Output,
): Promise<void> {
  const { prefregex, settings } = filter;
  if (prefregex === undefined || (log.kind === 'file' && log.path === '-')) return;
  const names = prefregex.plan.named.map(({ name }) => name);
  // As a failregex it needs a group to ban by; where it has none, one that is always empty does.
  const source = names.includes('fid') ? prefregex.setting.source : `(?P<fid>)${prefregex.setting.source}`;
  const { failregex: _failregex, ignoreregex: _ignoreregex, prefregex: _prefregex, ...others } = settings;
  const alone = compileFilter(
    {
      ...others,
      prefregex: undefined,
      failregex: [{ source, origin: undefined }],
      ignoreregex: [],
      maxlines: undefined,
    },
    { usedns: filter.usedns, thisYear: filter.thisYear },
  );
  for await (const { result } of scanSource(log, { filter: alone, context: { now } })) {
    for (const match of result.matches) {
      if (skipComments && isComment(match)) continue;
      const { groups } = match;
      out.line(`|      ${dictRepr(names.map((name) => [name, groups.get(name)]))}`);
      if (out.full) await out.flush();
    }
  }
}
