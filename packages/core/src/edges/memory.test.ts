import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('knows what the process takes when no descriptor is left', () => {
  const script = `
    const { openSync } = await import('node:fs');
    const { realMemory } = await import(${JSON.stringify(new URL('../../dist/edges/memory.js', import.meta.url))});
    try { for (;;) openSync('/dev/null'); } catch (error) { console.log(error.code, realMemory.used() > 1e6); }`;
  const limited = ['ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script];
  const { stdout, stderr } = spawnSync('bash', ['-c', ...limited], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['EMFILE true\n', '']);
});
