import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian puts the program that writes journal files from text. */
const writer = '/lib/systemd/systemd-journal-remote';

/**
 * Why tests with real journal files cannot run here; undefined when they can. In CI there is no such reason: what is missing is a failure.
 * @throws Error with `CI=true` when something is missing
 */
export function journalMissing(): string | undefined {
  try {
    execFileSync(writer, ['--version'], { stdio: 'ignore' });
    execFileSync('journalctl', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    const reason = 'systemd-journal-remote or journalctl is not installed';
    if (process.env.CI === 'true') throw new Error(`this test must run in CI, but ${reason}`);
    console.warn(`skipped: ${reason}`);
    return reason;
  }
}

export type TrialEntry = Readonly<Record<string, string | Buffer>>;

/** An entry in the export format; what cannot stand on a line is framed. */
export function exported(entry: TrialEntry): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(entry)) {
    const bytes = Buffer.from(value as string);
    if (bytes.every((byte) => byte >= 0x20 && byte !== 0x7f)) {
      parts.push(Buffer.from(`${name}=`), bytes, Buffer.from('\n'));
      continue;
    }
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    parts.push(Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n'));
  }
  return Buffer.concat([...parts, Buffer.from('\n')]);
}

/** Makes a journal of these entries in a directory of its own; times are seconds after 2023-11-14 22:13:20 UTC. */
export function writeJournal(directory: string, entries: readonly TrialEntry[], name = 'system.journal'): string {
  const whole = entries.map((entry, i) =>
    exported({
      __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + i * 1_000_000),
      __MONOTONIC_TIMESTAMP: String(1_000_000 + i * 1_000_000),
      _BOOT_ID: '0123456789abcdef0123456789abcdef',
      ...entry,
    }),
  );
  return writeExported(directory, Buffer.concat(whole), name);
}

/** Adds entries that a journal gets now, each with its own time, in milliseconds, or with the present one. */
export function appendJournal(
  directory: string,
  entries: readonly { readonly at?: number; readonly fields: TrialEntry }[],
  name = 'system.journal',
): string {
  const whole = entries.map(({ at = Date.now(), fields }) => {
    const micros = at * 1000 + (written++ % 1000);
    return exported({
      __REALTIME_TIMESTAMP: String(micros),
      __MONOTONIC_TIMESTAMP: String(written),
      _BOOT_ID: '0123456789abcdef0123456789abcdef',
      ...fields,
    });
  });
  return writeExported(directory, Buffer.concat(whole), name);
}

let written = 0;

function writeExported(directory: string, bytes: Buffer, name: string): string {
  mkdirSync(directory, { recursive: true });
  const text = join(directory, '..', `${name}.export`);
  writeFileSync(text, bytes);
  execFileSync(writer, ['-o', join(directory, name), text], { stdio: ['ignore', 'ignore', 'ignore'] });
  return directory;
}
