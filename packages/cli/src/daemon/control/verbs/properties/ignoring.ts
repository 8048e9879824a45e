import { ignorecacheOptions } from '@f2b/config';
import { parseAddress } from '@f2b/matcher';
import type { ReplyValue } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import { noSuchKey, valueError } from '../raise.js';
import { seconds, type Words, wholeNumber, yes } from '../words.js';
import type { Properties } from './property.js';

/** Whom a jail never counts: `ignoreself`, `ignoreip`, `ignorecommand`, `ignorecache`. */
export const ignoring: Properties = new Map([
  [
    'ignoreself',
    {
      get: ({ settings }: AskedJail): ReplyValue => settings.ignoreself?.value ?? true,
      set: async (jail: AskedJail, words: Words): Promise<ReplyValue> => {
        const value = yes(words.at(0));
        await jail.change({ ignoreself: { value, origin: undefined } });
        return value;
      },
    },
  ],
  ['ignoreip', { get: ignoreip }],
  ['addignoreip', { set: addignoreip }],
  ['delignoreip', { set: delignoreip }],
  [
    'ignorecommand',
    {
      get: ({ settings }: AskedJail): ReplyValue => settings.ignorecommand?.value ?? false,
      set: async (jail: AskedJail, words: Words): Promise<ReplyValue> => {
        const value = words.at(0);
        await jail.change({ ignorecommand: { value, origin: undefined } });
        return value;
      },
    },
  ],
  ['ignorecache', { get: ignorecache, set: setIgnorecache }],
]);

/** Networks and names come before single addresses, each as fail2ban spells them. */
function ignoreip({ settings }: AskedJail): ReplyValue {
  const entries = [...new Set(settings.ignoreip.map(spelt))];
  return [...entries.filter((entry) => !isSingle(entry)), ...entries.filter(isSingle)];
}

async function addignoreip(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const before = jail.settings.ignoreip;
  const known = new Set(before.map(spelt));
  const added: string[] = [];
  for (const entry of words.from(0)) {
    if (entry === '') continue;
    if (!isEntry(entry)) throw valueError(`'${entry}' is no address, network or host name, and no file:PATH`);
    if (!known.has(spelt(entry))) added.push(spelt(entry));
    known.add(spelt(entry));
  }
  if (added.length > 0) await jail.change({ ignoreip: [...before, ...added] });
  return ignoreip(jail);
}

async function delignoreip(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const entry = spelt(words.at(0));
  const before = jail.settings.ignoreip;
  const after = before.filter((one) => spelt(one) !== entry);
  if (after.length === before.length) throw valueError('list.remove(x): x not in list');
  await jail.change({ ignoreip: after });
  return ignoreip(jail);
}

function spelt(entry: string): string {
  return parseAddress(entry)?.text ?? entry;
}

function isSingle(entry: string): boolean {
  const address = parseAddress(entry);
  return address !== undefined && address.prefix === address.bytes.length * 8;
}

/** A name has a letter, and nothing that a name server would not take. */
function isEntry(entry: string): boolean {
  if (parseAddress(entry) !== undefined || /^file:./.test(entry)) return true;
  return entry.length <= 253 && /[a-z]/i.test(entry) && /^[\w-]+(?:\.[\w-]+)*\.?$/.test(entry);
}

function ignorecache({ settings }: AskedJail): ReplyValue {
  const cache = settings.ignorecache;
  return cache === undefined ? null : [cache.key, cache.maxCount, cache.maxTime / 1000];
}

async function setIgnorecache(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const text = words.at(0);
  if (text.trim() === '') {
    await jail.change({ ignorecache: undefined });
    return null;
  }
  const options = ignorecacheOptions(text);
  if (options.size === 0) throw valueError(`expected option, wrong syntax at 0: ${text}`);
  const key = options.get('key');
  const maxCount = wholeNumber(options.get('max-count') ?? '100');
  const maxTime = seconds(options.get('max-time') ?? '5m') * 1000;
  if (key === undefined) throw noSuchKey('key');
  if (maxCount < 1) throw valueError('max-count must be 1 or more');
  await jail.change({ ignorecache: { key, maxCount, maxTime } });
  return ignorecache(jail);
}
