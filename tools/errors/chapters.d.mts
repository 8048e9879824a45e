// Types of chapters.mjs, for its test.
import type { Chapter, ErrorTable } from './page.mjs';

export function chaptersOf(packages: {
  readonly config: { readonly configErrors: ErrorTable };
  readonly core: { readonly coreErrors: ErrorTable };
  readonly firewall: { readonly firewallErrors: ErrorTable };
  readonly cli: { readonly cliErrors: ErrorTable };
  readonly matcher: {
    readonly regexErrors: ErrorTable;
    readonly dateErrors: ErrorTable;
    readonly filterErrors: ErrorTable;
    readonly lintErrors: ErrorTable;
    readonly poolErrors: ErrorTable;
  };
}): Chapter[];
