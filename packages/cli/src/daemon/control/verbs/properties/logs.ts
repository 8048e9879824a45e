import { accessSync, constants, statSync } from 'node:fs';
import { glob, type LogPath, realEdge } from '@f2b/config';
import { CoreError } from '@f2b/core';
import type { ReplyValue } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import { fileError, valueError } from '../raise.js';
import type { Words } from '../words.js';
import type { Properties, Property } from './property.js';

/** Where a jail's lines come from: `logpath` of files, `journalmatch` of the journal. */
export const logs: Properties = new Map<string, Property>([
  ['logpath', { get: files }],
  ['addlogpath', { set: addlogpath }],
  ['dellogpath', { set: dellogpath }],
  ['journalmatch', { get: journalmatch }],
  ['addjournalmatch', { set: addjournalmatch }],
  ['deljournalmatch', { set: deljournalmatch }],
]);

function files(jail: AskedJail): ReplyValue {
  return jail.readsJournal ? [] : jail.status.files;
}

async function addlogpath(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const path = words.at(0);
  const from = words.length > 1 ? words.at(1) : 'head';
  if (from !== 'head' && from !== 'tail') throw valueError("File option must be 'head' or 'tail'");
  const { logpaths } = jail.settings;
  if (jail.readsJournal || jail.status.files.includes(path)) return files(jail);
  try {
    accessSync(path, constants.R_OK);
    if (statSync(path).isDirectory()) throw Object.assign(new Error('Is a directory'), { code: 'EISDIR' });
  } catch (error) {
    throw fileError(error, path);
  }
  if (!path.startsWith('/')) throw valueError(`${path}: name the file from the root`);
  await jail.change({ logpaths: [...logpaths, plainPath(path, from)] });
  return files(jail);
}

async function dellogpath(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const path = words.at(0);
  const followed = jail.status.files;
  if (jail.readsJournal || !followed.includes(path)) return files(jail);
  // Of a pattern that names it the other files stay, by their own names.
  const logpaths = jail.settings.logpaths.flatMap((logpath): LogPath[] => {
    if (logpath.pattern === path) return [];
    const named = /[*?[]/.test(logpath.pattern) ? glob(logpath.pattern, realEdge) : [];
    if (!named.includes(path)) return [logpath];
    return followed.filter((one) => one !== path && named.includes(one)).map((one) => plainPath(one, logpath.from));
  });
  await jail.change({ logpaths });
  return files(jail);
}

function plainPath(path: string, from: 'head' | 'tail'): LogPath {
  return { pattern: path, files: [path], from, origin: undefined };
}

function journalmatch({ settings, readsJournal }: AskedJail): ReplyValue {
  return readsJournal ? settings.filter.journalmatch : [];
}

/** A `+` between words begins a match of its own. */
async function addjournalmatch(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const added = matchesOf(words.from(0));
  const { filter } = jail.settings;
  if (!jail.readsJournal || added.length === 0) return journalmatch(jail);
  if (added.flat().some((word) => !/^[A-Z0-9_]+=/.test(word))) throw valueError('Invalid match');
  await changeMatches(jail, [...filter.journalmatch.flatMap(matchesOf), ...added]);
  return journalmatch(jail);
}

async function deljournalmatch(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const removed = matchesOf(words.from(0)).map(keyOf);
  const before = jail.settings.filter.journalmatch.flatMap(matchesOf);
  if (!jail.readsJournal || removed.length === 0) return journalmatch(jail);
  if (!removed.every((key) => before.some((match) => keyOf(match) === key))) {
    throw valueError('list.remove(x): x not in list');
  }
  await changeMatches(
    jail,
    before.filter((match) => !removed.includes(keyOf(match))),
  );
  return journalmatch(jail);
}

async function changeMatches(jail: AskedJail, matches: readonly (readonly string[])[]): Promise<void> {
  try {
    await jail.change({ filter: { ...jail.settings.filter, journalmatch: matches } });
  } catch (error) {
    throw error instanceof CoreError ? valueError(error.message) : error;
  }
}

function matchesOf(words: readonly string[]): readonly (readonly string[])[] {
  const matches: string[][] = [[]];
  for (const word of words) {
    if (word === '+') matches.push([]);
    else matches.at(-1)!.push(word);
  }
  return matches.filter((match) => match.length > 0);
}

function keyOf(match: readonly string[]): string {
  return JSON.stringify(match);
}
