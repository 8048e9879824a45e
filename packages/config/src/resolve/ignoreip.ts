import type { Findings } from '../findings.js';
import type { ConfigEdge } from '../syntax/edge.js';
import { nonEmptyLines, type Traced } from '../syntax/traced.js';
import { mistakeInAddress } from '../values/address.js';
import { splitAddressList } from '../values/words.js';

/**
 * Reads `ignoreip`. A word that names nobody is left out, so that nobody is spared by accident; in fail2ban it would be asked
 * of the DNS at every failure.
 */
export function readIgnoreip(value: Traced, edge: ConfigEdge, findings: Findings, jail: string): string[] {
  const words: string[] = [];
  for (const { text, origin } of nonEmptyLines(value)) {
    const say = (severity: 'warning' | 'hint', what: string, advice: string): void =>
      findings.add(severity, 'F2B_CONFIG_IGNOREIP', what, origin, advice, jail);
    const hash = text.search(/(?<=^|[\s,])#/);
    if (hash >= 0) {
      say(
        'warning',
        `the # in ignoreip begins no comment in fail2ban, which takes each word behind it for the name of a host; f2b leaves them out.`,
        'Put the comment on a line of its own, or begin it with a blank and a ;.',
      );
    }
    const meant = hash < 0 ? text : text.slice(0, hash);
    if (/\S\t/.test(meant)) {
      say('hint', 'a tab stands in ignoreip: fail2ban 1.0 then ignores every IPv4 address.', 'Write blanks.');
    }
    for (const word of splitAddressList(meant)) {
      const path = /^file:(?:\/\/(?=\/))?(.*)$/.exec(word)?.[1];
      const mistake = path === undefined ? mistakeInAddress(word) : undefined;
      if (mistake !== undefined) {
        say('warning', `'${word}' in ignoreip ${mistake}: it is left out.`, 'Mend it, or remove it.');
      } else words.push(word);
      if (path !== undefined && edge.kind(path) !== 'file') {
        const why = edge.kind(path) === 'missing' ? 'does not exist' : 'is no file';
        say(
          'warning',
          `'${word}' in ignoreip: ${path} ${why}, so nobody is ignored for it.`,
          'Make the file, or mend the name.',
        );
      }
    }
  }
  return words;
}
