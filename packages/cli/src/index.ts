/** The package is the `f2b` command; what others may want of it is its version. */
export { f2bVersion } from './version.js';
