import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian puts the program that writes journal files from text. */
const writer = '/lib/systemd/systemd-journal-remote';

/** Why tests with real journal files cannot run here; undefined when they can. */
export function journalMissing(): string | undefined {
  try {
    execFileSync(writer, ['--version'], { stdio: 'ignore' });
    execFileSync('journalctl', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'systemd-journal-remote or journalctl is not installed';
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
  mkdirSync(directory, { recursive: true });
  const text = join(directory, '..', `${name}.export`);
  const whole = entries.map((entry, i) =>
    exported({
      __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + i * 1_000_000),
      __MONOTONIC_TIMESTAMP: String(1_000_000 + i * 1_000_000),
      _BOOT_ID: '0123456789abcdef0123456789abcdef',
      ...entry,
    }),
  );
  writeFileSync(text, Buffer.concat(whole));
  execFileSync(writer, ['-o', join(directory, name), text], { stdio: ['ignore', 'ignore', 'ignore'] });
  return directory;
}
