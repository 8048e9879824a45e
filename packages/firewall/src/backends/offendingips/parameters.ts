import type { ActionSettings, Seconds } from '@f2b/config';
import { errors } from '../../errors.js';
import { quoted } from '../../voice.js';

/** What `offendingips[…]` can be told. */
export interface OffendingIpsParameters {
  /** `table`: name of the chain that holds the bans (the word of the article's action file). */
  readonly table: string;
  /** `chain`: from whose top the table is jumped to (the word of fail2ban's iptables actions). */
  readonly chain: string;
  /** `recent`: name of the xt_recent table that remembers attackers. */
  readonly recent: string;
  /** `seconds`: for how long an attacker must be silent until the recent table lets him in again; 0: nobody is marked. */
  readonly seconds: Seconds;
  /** `logprefix`: what the kernel puts in front of a logged packet; at most 29 bytes fit. */
  readonly logprefix: string;
  /** `blocktype`: the target of packets from banned addresses, options and all. */
  readonly blocktype: string;
  /** `loglimit`: how many packets are logged (`10/minute`); undefined: all; `none`: none. */
  readonly loglimit: string | undefined;
  /** `recentsize`: how many addresses xt_recent should remember. */
  readonly recentsize: number;
  /** `set`: whether the addresses stand in a set of the kernel: `none` has rules for each, `auto` has until they are many. */
  readonly set: 'auto' | 'none' | 'ipset';
  /** `setfrom`: from so many addresses on `auto` takes a set. */
  readonly setfrom: number;
  /** `setsize`: how many addresses a set takes. */
  readonly setsize: number;
}

const defaults: OffendingIpsParameters = {
  table: 'OFFENDINGIPS',
  chain: 'INPUT',
  recent: 'ATTACKER',
  seconds: 3600,
  logprefix: "Attacker's Back ",
  blocktype: 'DROP',
  loglimit: undefined,
  recentsize: 16_384,
  set: 'auto',
  setfrom: 64,
  setsize: 262_144,
};

/**
 * Reads the parameters of a built-in `offendingips`. Others than the known ones (`port`, `protocol` and what else
 * `banaction` hands to every action) are not its business.
 *
 * @throws FirewallError `F2B_ACTION_PARAMETER`
 */
export function readParameters(settings: ActionSettings): OffendingIpsParameters {
  const given = new Map(settings.params);
  const text = (name: keyof OffendingIpsParameters, shape: RegExp, wanted: string): string => {
    const value = given.get(name);
    // An unresolved reference such as `<known/chain>`, which fail2ban's own jail.conf hands to every banaction.
    if (value === undefined || value === '' || /^<[^ <>]+>$/.test(value)) return String(defaults[name]);
    if (!shape.test(value)) throw errors.parameter(settings.name, name, quoted(value, 80), wanted);
    return value;
  };
  const count = (name: keyof OffendingIpsParameters) =>
    Number(text(name, /^[1-9]\d{0,8}$/, 'a whole number between 1 and 999999999'));
  const loglimit = given.has('loglimit')
    ? text(
        'loglimit',
        /^(?:none|[1-9]\d{0,5}\/(?:second|minute|hour|day))$/,
        'none, or a rate such as 10/minute (second, minute, hour, day)',
      )
    : undefined;
  const chainShape = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,27}$/;
  const chainWanted = 'a chain name of at most 28 letters, digits, dots, dashes or underscores';
  const logprefix = text('logprefix', /^[\u0020-\u007e]{1,29}$/, 'one line of at most 29 ASCII characters');
  return {
    table: text('table', chainShape, chainWanted),
    chain: text('chain', chainShape, chainWanted),
    recent: text(
      'recent',
      /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
      'a name of at most 64 letters, digits, dots or dashes',
    ),
    seconds: Number(text('seconds', /^(?:0|[1-9]\d{0,8})$/, 'a whole number between 0 and 999999999')),
    logprefix,
    loglimit,
    blocktype: text(
      'blocktype',
      /^(?:DROP|TARPIT|REJECT(?: --reject-with [a-z0-9-]+)?)$/,
      'DROP, TARPIT, REJECT or REJECT --reject-with TYPE',
    ),
    recentsize: count('recentsize'),
    set: text('set', /^(?:auto|none|ipset)$/, 'auto, none or ipset') as OffendingIpsParameters['set'],
    setfrom: count('setfrom'),
    setsize: count('setsize'),
  };
}
