export type * from './orders.js';
