import { type CompiledFilter, compileFilter } from '@f2b/matcher';
import { isComment } from './log.js';
import type { LogSource } from './log-source.js';
import type { Output } from './output.js';
import { dictRepr } from './python.js';
import { scanSource } from './scan-source.js';

/** Of so many lines what prefregex found is listed, fail2ban-regex's rule. */
const mostLines = 20;

/**
 * Writes the groups of the first lines that prefregex matches. The log's beginning is read once more for it; of the standard input,
 * which cannot be read again, there are none.
 */
export async function writePrefregexGroups(
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
  let listed = 0;
  for await (const { result } of scanSource(log, { filter: alone, context: { now } })) {
    for (const match of result.matches) {
      if (skipComments && isComment(match)) continue;
      if (listed === mostLines) {
        out.line('|      ...');
        return;
      }
      listed++;
      const { groups } = match;
      out.line(`|      ${dictRepr(names.map((name) => [name, groups.get(name)]))}`);
    }
  }
}
