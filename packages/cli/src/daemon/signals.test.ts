import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-crash-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const built = (module: string) => JSON.stringify(new URL(`../../dist/daemon/${module}`, import.meta.url).href);

/** A process with the built voice and signals, which runs `script`. Nobody reads its standard output before it has ended. */
function processWith(logtarget: string, script: string) {
  const code = `import { openServerVoice } from ${built('voice/server-voice.js')};
    import { Signals } from ${built('signals.js')};
    const voice = openServerVoice(${JSON.stringify({ loglevel: 'INFO', syslogsocket: 'auto', logformat: 'classic', logtarget })});
    new Signals(voice);
    let said = 0;
    const sayMany = (count) => {
      for (let index = 0; index < count; index += 1) voice.say({ logger: 'fail2ban.filter', level: 'INFO', message: 'line ' + said++ });
    };
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise<{ code: number | null; signal: string | null; stdout: string }>((resolve) => {
    child.once('exit', (code, signal) => {
      let stdout = '';
      child.stdout.on('data', (data) => {
        stdout += data;
      });
      child.once('close', () => resolve({ code, signal, stdout }));
    });
  });
}

/** Says lines, waits for a write to be under way, says more, and breaks. */
const crashUnderLoad = `setImmediate(() => {
  sayMany(20_000);
  queueMicrotask(() => queueMicrotask(() => {
    sayMany(5);
    throw new Error('a bug');
  }));
});`;

describe('a crash', () => {
  it('leaves its reason behind all that was said, while a write is under way', async () => {
    const file = join(directory, 'f2b.log');
    const { code } = await processWith(file, crashUnderLoad);
    expect(code).toBe(255);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.slice(0, 20_005).map((line) => line.split('INFO    ')[1])).toEqual(
      [...Array(20_005).keys()].map((number) => `line ${number}`),
    );
    expect(lines[20_005]).toMatch(/CRITICAL f2b has a bug and ends; please report this: Error: a bug/);
    expect(lines).toHaveLength(20_006);
  });

  it('leaves its reason even when more waits than may wait', async () => {
    const file = join(directory, 'f2b.log');
    await processWith(file, crashUnderLoad.replace('sayMany(5)', 'sayMany(250_000)'));
    expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toMatch(/CRITICAL .*a bug/);
  });

  it('leaves its reason in a pipe, and ends the process where nobody reads the pipe', async () => {
    const read = await processWith('STDOUT', crashUnderLoad.replace('20_000', '20'));
    expect(read.stdout.trimEnd().split('\n').at(-1)).toMatch(/CRITICAL .*a bug/);
    const stuck = await processWith('STDOUT', crashUnderLoad);
    expect(stuck.stdout.length).toBeGreaterThan(0);
    expect(stuck.code ?? stuck.signal).toBe('SIGKILL');
  });
});

describe('a second signal', () => {
  it('says that it leaves at once, and does, while a write is under way', async () => {
    const file = join(directory, 'f2b.log');
    const { code } = await processWith(
      file,
      `process.once('SIGTERM', () => setImmediate(() => {
         const clock = performance.now.bind(performance);
         performance.now = () => clock() + 5000;
         sayMany(20_000);
         process.kill(process.pid, 'SIGTERM');
       }));
       process.kill(process.pid, 'SIGTERM');
       setInterval(() => {}, 1000);`,
    );
    expect(code).toBe(255);
    expect(readFileSync(file, 'utf8')).toMatch(/WARNING SIGTERM once more: leaving at once.*\n$/);
  });
});
