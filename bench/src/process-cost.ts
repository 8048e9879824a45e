import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes, Seconds } from '@f2b/config';

/** What one run of a whole process cost, its start included. */
export interface ProcessCost {
  readonly wall: Seconds;
  /** User and system time of the process and all of its children. */
  readonly cpu: Seconds;
  readonly peakMemory: Bytes;
  readonly status: number;
  /** Read from the disk, that is, not found in the page cache. */
  readonly diskRead: Bytes;
  /** File that holds its standard output. */
  readonly output: string;
}

// Node does not tell what a child has used; the kernel tells its parent, and Python passes it on. Where python3 is a script that
// ends in the true one, what that script's own children used was counted before.
const meter = `
import json, os, resource, subprocess, sys, time
output = open(sys.argv[1], 'wb')
if sys.argv[2]:
    # The page cache lets go of a file that is on the disk.
    forgotten = os.open(sys.argv[2], os.O_RDONLY)
    os.posix_fadvise(forgotten, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(forgotten)
before = resource.getrusage(resource.RUSAGE_CHILDREN)
started = time.monotonic()
status = subprocess.run(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL).returncode
wall = time.monotonic() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    'wall': wall,
    'cpu': used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime,
    'peakMemory': used.ru_maxrss * 1024,
    'diskRead': (used.ru_inblock - before.ru_inblock) * 512,
    'status': status,
}))
`;

/** Extra certificates, which Node reads at each start, take longer than all else that a short command does. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, ...others } = process.env;
  return others;
}

/**
 * Runs `command` to its end with its output going to a file, as a log's failures would go to a pipe.
 * @param directory where the output file goes; a later run of the same name replaces it
 * @param cold a file that is not to be in the page cache when the command starts
 * @throws Error when the command cannot be run at all
 */
export function processCost(directory: string, name: string, command: readonly string[], cold = ''): ProcessCost {
  const output = join(directory, `${name.replaceAll(/\W+/g, '-')}.out`);
  closeSync(openSync(output, 'w', 0o600));
  const metered = spawnSync('python3', ['-c', meter, output, cold, ...command], {
    encoding: 'utf8',
    env: plainEnvironment(),
  });
  if (metered.error)
    throw new Error(`processes are measured with python3, which cannot be run: ${metered.error.message}`);
  if (metered.status !== 0) throw new Error(`${command.join(' ')} could not be run: ${metered.stderr}`);
  return { ...JSON.parse(metered.stdout), output };
}
