import { Resolver } from 'node:dns/promises';
import type { Milliseconds } from '@f2b/config';
import type { ReverseResolver } from './tags.js';

/** Asks the system's name servers for the name of an address. */
export function systemReverse(timeout: Milliseconds): ReverseResolver {
  return async (address) => {
    const resolver = new Resolver({ timeout, tries: 1 });
    try {
      return (await resolver.reverse(address))[0];
    } catch {
      return undefined;
    }
  };
}
