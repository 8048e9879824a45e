import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

let compiled: WebAssembly.Module | undefined;

/**
 * The compiled part of the scan (assembly/), once per thread; the build puts it beside this package's output. Whoever runs for long asks for
 * it when it starts: later the file may be gone, or be that of another version.
 */
export function compiledPart(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(fileURLToPath(new URL('../../dist/scanner.wasm', import.meta.url))));
  return compiled;
}

/** Takes the compiled part from the thread that started this one. */
export function useCompiledPart(part: WebAssembly.Module): void {
  compiled = part;
}
