import type { ReplyValue } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import type { Words } from '../words.js';

/** Something of a jail that can be asked for, set, or done. @throws Refused */
export interface Property {
  get?(jail: AskedJail, words: Words): ReplyValue;
  /** @returns what the client is answered: mostly what `get` would say now */
  set?(jail: AskedJail, words: Words): ReplyValue | Promise<ReplyValue>;
}

export type Properties = ReadonlyMap<string, Property>;
