import { readFileSync } from 'node:fs';

/** The version in this package's `package.json`, the one place where it is written. */
export function f2bVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}
