import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { CliError, reasonOf } from '../../errors.js';

/** The kernel's room for a socket's path (`sun_path`), less its closing zero. */
const maxPathBytes = 107;

/** Counts the names that this process has listened under. */
let claims = 0;

export interface SocketClaim {
  /** True when a socket file that nobody answered on was replaced. */
  readonly replacedStale: boolean;
  /** Removes the socket file, if it is still ours. */
  release(): void;
}

/**
 * Takes `path` for `server`, so that of two daemons exactly one gets it, even when both start in the same moment: the
 * server listens under a name of its own, which is then hard-linked to `path` (a link never replaces a file). If something is there, it
 * is asked: whoever answers keeps it; a socket on which nobody listens (a daemon that was killed) is moved away.
 * @throws CliError `F2B_ALREADY_RUNNING`, `F2B_SOCKET_UNUSABLE`.
 */
export async function claimSocket(server: Server, path: string): Promise<SocketClaim> {
  const directory = dirname(path);
  claims += 1;
  const ownName = join(directory, `.f2b-${process.pid}-${claims}`);
  if (Buffer.byteLength(path) > maxPathBytes || Buffer.byteLength(ownName) > maxPathBytes) {
    throw unusable(path, `the path is longer than the ${maxPathBytes} bytes a socket may have; choose a shorter one`);
  }
  try {
    makeDirectory(directory);
    removeIfThere(ownName);
  } catch (error) {
    throw unusable(path, `${reasonOf(error)}; use -s for a place where you may write`);
  }
  await listen(server, ownName, path);
  try {
    chmodSync(ownName, 0o600);
    const replacedStale = await linkOrReplace(ownName, path);
    const { ino } = lstatSync(path);
    let held = true;
    return {
      replacedStale,
      release() {
        if (!held) return;
        held = false;
        try {
          if (lstatSync(path).ino === ino) unlinkSync(path);
        } catch {
          // Somebody removed it before us: it is gone, which is what was wanted.
        }
      },
    };
  } catch (error) {
    server.close();
    throw error;
  } finally {
    removeIfThere(ownName);
  }
}

function listen(server: Server, name: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(unusable(path, `${reasonOf(error)}; use -s for a place where you may write`));
    server.once('error', failed);
    server.listen(name, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

async function linkOrReplace(ownName: string, path: string): Promise<boolean> {
  let replaced = false;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      linkSync(ownName, path);
      return replaced;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, reasonOf(error));
    }
    const found = lstatOf(path);
    if (found === undefined) continue;
    if (!found.isSocket())
      throw unusable(path, 'a file that is not a socket stands there; move it, or choose another with -s');
    if (await someoneListens(path)) {
      throw new CliError('F2B_ALREADY_RUNNING', `Server already running: it answers on ${path}`);
    }
    // Renaming takes away one exact file; if meanwhile another daemon put its own there, it goes back where it was.
    const aside = `${ownName}.old`;
    try {
      renameSync(path, aside);
    } catch {
      continue;
    }
    if (lstatOf(aside)?.ino !== found.ino) {
      try {
        linkSync(aside, path);
      } catch {
        // A third daemon was faster; the loop asks it.
      }
    } else {
      replaced = true;
    }
    removeIfThere(aside);
  }
  throw unusable(path, 'other daemons are starting on it at the same time; try again');
}

/**
 * Does a process listen there? A connection is accepted by the kernel even while the process is busy.
 * @throws CliError `F2B_SOCKET_PERMISSION` when this user may not ask.
 */
export function someoneListens(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.destroy();
      if (error.code === 'EACCES' || error.code === 'EPERM') {
        reject(new CliError('F2B_SOCKET_PERMISSION', `Permission denied to socket: ${path}, (you must be root)`));
        // A backlog that is full belongs to somebody.
      } else resolve(error.code === 'EAGAIN');
    });
  });
}

function lstatOf(path: string) {
  return lstatSync(path, { throwIfNoEntry: false });
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function unusable(path: string, why: string): CliError {
  return new CliError('F2B_SOCKET_UNUSABLE', `cannot use ${path} as control socket: ${why}`);
}

/** Makes a directory and those above it. Node's own way of doing so never ends where the system says that there is none, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another daemon that starts in the same moment has made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
