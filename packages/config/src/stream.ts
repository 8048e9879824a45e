/** What `f2b -d` needs of this package, and nothing else: loading the checkers takes as long as reading a small tree. */
export { formatOrigin } from './errors.js';
export { renderPretty } from './render/pretty.js';
export { renderStream } from './render/stream.js';
export { readSettings } from './resolve/settings.js';
