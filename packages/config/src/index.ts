export * from './settings.js';
export type * from './units.js';
