// Joins the built modules into a few files: f2b is several hundred small ones, and opening them took longer than running them.
// Run by the build, after the compiler. Paths that modules resolve from their own place (`../../defaults`) hold as they do in dist.
import { copyFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { noteOutputs } from './bin/outputs.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const directory = at('bundle/f2b');

rmSync(directory, { recursive: true, force: true });
const bundle = await rolldown({
  input: {
    main: at('dist/main.js'),
    worker: at('../matcher/dist/pool/worker.js'),
    'filter-process': at('dist/bench/filter-process.js'),
  },
  platform: 'node',
  // Native code and its loader, and what starts threads with files of its own, stay where they were installed.
  external: [/^re2$/, /^piscina$/],
});
await bundle.write({ dir: directory, format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();
copyFileSync(at('../matcher/dist/scanner.wasm'), at('dist/scanner.wasm'));
noteOutputs();
