import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { activatedSocket } from '../../packages/cli/src/daemon/control/activation.js';
import { ask } from '../../packages/cli/src/daemon/control/client.js';
import { eventually } from '../condition.js';
import { program } from '../f2b-process.js';
import { debianPython } from '../requirements.js';
import { StoredDaemon } from '../stored-daemon.js';

/** Does what a service manager does: listens, and hands the socket over to the program that it becomes. */
const manager = `
import os, socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen(8)
os.dup2(listening.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1', LISTEN_FDNAMES='fail2ban')
os.execv(sys.argv[2], sys.argv[2:])
`;

let directory: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-activated-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

it('a socket that was handed over is the control socket, and stays where it is at the end', async () => {
  new StoredDaemon(directory);
  const handed = join(directory, 'handed.sock');
  const args = [program, '-c', directory, '--dry-run', '-f', 'start'];
  child = spawn(debianPython, ['-c', manager, handed, process.execPath, ...args], { stdio: 'ignore' });
  await eventually('the socket', () => existsSync(handed));
  await eventually('an answer', () => ask(handed, ['ping'], { timeout: 30_000 }).catch(() => false), 60_000);
  expect(existsSync(join(directory, 'f2b.sock'))).toBe(false);
  const gone = new Promise((resolve) => child?.once('exit', resolve));
  expect(await ask(handed, ['stop'])).toMatchObject({ ok: true });
  await gone;
  expect(existsSync(handed)).toBe(true);
}, 90_000);

it('takes no socket that was meant for another process, or that is none', () => {
  const meant = { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'f2b' };
  expect(activatedSocket(meant, process.pid)).toBeUndefined();
  expect(meant).toEqual({});
  expect(activatedSocket({ LISTEN_PID: String(process.pid), LISTEN_FDS: '0' }, process.pid)).toBeUndefined();
  expect(activatedSocket({ LISTEN_PID: String(process.pid), LISTEN_FDS: 'x' }, process.pid)).toBeUndefined();
  expect(activatedSocket({}, process.pid)).toBeUndefined();
});
