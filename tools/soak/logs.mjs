// The gateway's logs, each rotated in its own way.
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Rotated files that are kept: some minutes of lines. */
const kept = 12;
/** Ticks for which a program goes on writing to the file that has been renamed. */
const lateTicks = 3;

/** A log that rotation renames, while its program still writes to it. */
export class RenamedLog {
  #path;
  #fd;
  #late = -1;
  rotations = 0;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
    this.#fd = openSync(path, 'a');
  }

  /** @param {string} text */
  write(text) {
    writeSync(this.#fd, text);
    if (this.#late < 0 || --this.#late >= 0) return;
    closeSync(this.#fd);
    this.#fd = openSync(this.#path, 'a');
  }

  rotate() {
    if (this.#late >= 0) return;
    shift(this.#path);
    renameSync(this.#path, `${this.#path}.1`);
    // The new file is there before the program turns to it, as with logrotate's `create`.
    closeSync(openSync(this.#path, 'a'));
    this.#late = lateTicks;
    this.rotations++;
  }
}

/** A log of which rotation makes a copy, and which it then empties. */
export class CopiedLog {
  #path;
  rotations = 0;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
    appendFileSync(path, '');
  }

  /** @param {string} text */
  write(text) {
    appendFileSync(this.#path, text);
  }

  rotate() {
    shift(this.#path);
    copyFileSync(this.#path, `${this.#path}.1`);
    truncateSync(this.#path);
    this.rotations++;
  }
}

/** A log whose program begins a file with another name now and then, and removes old ones. */
export class NumberedLog {
  #directory;
  #name;
  rotations = 0;

  /** @param {string} directory @param {string} name */
  constructor(directory, name) {
    this.#directory = directory;
    this.#name = name;
    this.write('');
  }

  /** @param {string} text */
  write(text) {
    appendFileSync(this.#pathOf(this.rotations), text);
  }

  rotate() {
    this.rotations++;
    if (this.rotations >= kept) rmSync(this.#pathOf(this.rotations - kept));
  }

  /** @param {number} number */
  #pathOf(number) {
    return join(this.#directory, `${this.#name}-${String(number).padStart(6, '0')}.log`);
  }
}

/** @param {string} path */
function shift(path) {
  const directory = join(path, '..');
  const names = new Set(readdirSync(directory).map((name) => join(directory, name)));
  for (let number = kept; number > 0; number--) {
    const from = `${path}.${number}`;
    if (!names.has(from)) continue;
    if (number === kept) rmSync(from);
    else renameSync(from, `${path}.${number + 1}`);
  }
}
