/** Where the installed fail2ban keeps what conformance is measured by: its filters, its test filters and its sample logs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { debianPython } from '../requirements.js';

export interface Installation {
  readonly version: string;
  /** The stock `filter.d`. */
  readonly filters: string;
  /** Filters that only the tests use. */
  readonly testFilters: string;
  /** One file of samples per filter. */
  readonly samples: string;
}

/**
 * The installed fail2ban; undefined (and said so) when there is none.
 * @throws Error with `CI=true` when there is none: conformance that is never measured proves nothing
 */
export function findInstallation(): Installation | undefined {
  const script =
    'import fail2ban, fail2ban.version as v, os; print(v.version); print(os.path.dirname(fail2ban.__file__))';
  const run = spawnSync(debianPython, ['-c', script], { encoding: 'utf8' });
  const [version = '', directory = ''] = run.status === 0 ? run.stdout.trim().split('\n') : [];
  const tests = join(directory, 'tests');
  const found = {
    version,
    filters: '/etc/fail2ban/filter.d',
    testFilters: join(tests, 'config', 'filter.d'),
    samples: join(tests, 'files', 'logs'),
  };
  if (version !== '' && existsSync(found.samples) && existsSync(join(found.filters, 'sshd.conf'))) return found;
  const reason = 'needs an installed fail2ban with its filters and sample logs (apt-get install fail2ban)';
  if (process.env.CI === 'true') throw new Error(`this test must run in CI, but it ${reason}`);
  console.warn(`skipped: ${reason}`);
  return undefined;
}
