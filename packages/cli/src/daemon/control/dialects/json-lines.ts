import { type Refusal, type RefusalCode, type Reply, type ReplyValue, refusal, refusalCodes } from '../reply.js';
import type { Dialect } from './dialect.js';

/** What begins a list, an object, or nothing yet. */
const beginnings = new Set(Buffer.from('[{ \r\n'));

/**
 * f2b's own words: one JSON value a line, in both directions. Request: `["status","sshd"]`.
 * Answer: `{"ok":true,"value":...}` or `{"ok":false,"code":"...","message":"..."}`; before it any number of `{"item":...}`.
 */
export const jsonLines: Dialect = {
  recognises: (first) => beginnings.has(first),
  end: Buffer.from('\n'),
  read: (frame) => decodeRequest(frame.toString('utf8')),
  write: (reply) => Buffer.from(encodeReply(reply)),
  writeItem: (item) => Buffer.from(`${JSON.stringify({ item })}\n`),
};

/** @returns undefined for an empty line */
function decodeRequest(line: string): { words: readonly string[] } | Refusal | undefined {
  if (line.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refusal('F2B_BAD_REQUEST', 'the request is not JSON');
  }
  if (!Array.isArray(value) || value.length === 0) {
    return refusal('F2B_BAD_REQUEST', 'a request is a list: a command and its words');
  }
  const words: string[] = [];
  for (const word of value) {
    if (typeof word === 'string') words.push(word);
    else if (typeof word === 'number' || typeof word === 'boolean') words.push(String(word));
    else return refusal('F2B_BAD_REQUEST', 'the words of a request are strings, numbers or booleans');
  }
  return { words };
}

export function encodeRequest(words: readonly string[]): string {
  return `${JSON.stringify(words)}\n`;
}

function encodeReply(reply: Reply): string {
  return `${JSON.stringify(reply)}\n`;
}

/** One line of an answer: an item, or the answer itself. @returns undefined for what is not f2b's. */
export function decodeReply(line: string): Reply | { readonly item: ReplyValue } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if ('item' in value) return { item: value.item as ReplyValue };
  if (!('ok' in value)) return undefined;
  const reply = value as { ok: unknown; value?: unknown; code?: unknown; message?: unknown };
  if (reply.ok === true) return { ok: true, value: (reply.value ?? null) as ReplyValue };
  if (reply.ok !== false) return undefined;
  // A daemon of another version may know more codes.
  const code = refusalCodes.find((one) => one === reply.code) ?? ('F2B_REPLY' satisfies RefusalCode);
  return refusal(code, String(reply.message ?? ''));
}
