import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capacityFor } from './capacity.js';
import { Gate } from './gate.js';

describe('how many programs run at once', () => {
  it.each([
    [undefined, 64, 16],
    [524_288, 64, 16],
    [1_024, 48, 16],
    [256, 12, 4],
    [64, 3, 1],
    [16, 1, 1],
    [0, 1, 1],
  ])('with a limit of %s open files: %s of actions and %s questions', (limit, actions, questions) => {
    expect(capacityFor(limit)).toEqual({ actions, questions });
  });

  it('the gate lets that many through, in order, and says how many wait and when it is full', async () => {
    const gate = new Gate(2, 3);
    const order: number[] = [];
    const open: (() => void)[] = [];
    const works = [1, 2, 3, 4, 5].map((number) =>
      gate.pass(async () => {
        order.push(number);
        await new Promise<void>((resolve) => open.push(resolve));
        if (number === 2) throw new Error('two');
      }),
    );
    const ends = Promise.allSettled(works);
    expect([gate.running, gate.waiting, gate.full]).toEqual([2, 3, true]);
    while (order.length < 5 || open.length > 0) {
      open.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await ends).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect([gate.running, gate.waiting, gate.full]).toEqual([0, 0, false]);
  });
});

describe('a process that has no file descriptor left', () => {
  it('gets an ordinary failure of each program, with its reason, and lives', () => {
    // Runs what was built, in a process of its own, since the limit is the process's.
    const built = fileURLToPath(new URL('../../dist/process/exec.js', import.meta.url));
    const gate = fileURLToPath(new URL('../../dist/process/gate.js', import.meta.url));
    const script = `
      import { openSync } from 'node:fs';
      const { openExec } = await import(${JSON.stringify(built)});
      const { Gate } = await import(${JSON.stringify(gate)});
      const exec = openExec({ gate: new Gate(1000) });
      const request = { argv: ['/bin/sh', '-c', 'cat; exit 3'], input: 'x', timeout: 10_000, outputLimit: 100 };
      try { for (;;) openSync('/dev/null'); } catch {}
      const results = await Promise.all(Array.from({ length: 20 }, () => exec.run(request)));
      console.log(JSON.stringify(results.map(({ notStarted }) => notStarted)));
      process.exit(0);`;
    const command = `ulimit -n 64; exec "$0" --input-type=module -e "$1"`;
    const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', command, process.execPath, script], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual(Array.from({ length: 20 }, () => 'EMFILE'));
  });
});
