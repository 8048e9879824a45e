export type * from './failures.js';
