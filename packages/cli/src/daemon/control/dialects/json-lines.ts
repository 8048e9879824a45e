import { type Refusal, type RefusalCode, type Reply, type ReplyValue, refusal, refusalCodes } from '../reply.js';
import type { Dialect, Word } from './dialect.js';

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
function decodeRequest(line: string): { words: readonly Word[] } | Refusal | undefined {
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
  return value.every((one) => isWord(one))
    ? { words: value }
    : refusal('F2B_BAD_REQUEST', 'the words of a request are strings, numbers, booleans, or lists of them');
}

/** How deep lists may stand in one another. */
const mostDepth = 32;

function isWord(value: unknown, depth = 1): value is Word {
  if (!Array.isArray(value)) return value === null || typeof value !== 'object';
  return depth < mostDepth && value.every((one) => isWord(one, depth + 1));
}

export function encodeRequest(words: readonly string[]): string {
  return `${JSON.stringify(words)}\n`;
}

function encodeReply(reply: Reply): string {
  // What Python would raise is no business of those who speak this dialect.
  const shown = reply.ok ? reply : { ok: false, code: reply.code, message: reply.message };
  return `${JSON.stringify(shown)}\n`;
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
