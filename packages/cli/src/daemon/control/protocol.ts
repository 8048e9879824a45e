import type { Bytes } from '@f2b/config';

/**
 * f2b's own words on the control socket: one JSON value a line, in both directions.
 * Request: `["status","sshd"]`. Answer: `{"ok":true,"value":...}` or `{"ok":false,"code":"...","message":"..."}`.
 * fail2ban's pickled requests arrive on the same socket and are told apart by their first byte.
 */

/** A request longer than this is refused and its connection closed. */
export const maxRequestBytes: Bytes = 256 * 1024;

/** What a command answers: plain data, the shapes of fail2ban's own replies. */
export type ReplyValue =
  | string
  | number
  | boolean
  | null
  | readonly ReplyValue[]
  | { readonly [key: string]: ReplyValue };

export type Reply =
  | { readonly ok: true; readonly value: ReplyValue }
  | { readonly ok: false; readonly code: string; readonly message: string };

export type DecodedRequest = { readonly command: readonly string[] } | { readonly refused: string };

/** Reads one line of a request. Anything but a list of strings, numbers and booleans is refused in words. */
export function decodeRequest(line: string): DecodedRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { refused: 'the request is not JSON' };
  }
  if (!Array.isArray(value) || value.length === 0) return { refused: 'a request is a list: a command and its words' };
  const command: string[] = [];
  for (const word of value) {
    if (typeof word === 'string') command.push(word);
    else if (typeof word === 'number' || typeof word === 'boolean') command.push(String(word));
    else return { refused: 'the words of a request are strings, numbers or booleans' };
  }
  return { command };
}

export function encodeRequest(command: readonly string[]): string {
  return `${JSON.stringify(command)}\n`;
}

export function encodeReply(reply: Reply): string {
  return `${JSON.stringify(reply)}\n`;
}

/** @returns undefined for what is not an answer of ours. */
export function decodeReply(line: string): Reply | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('ok' in value)) return undefined;
  const reply = value as { ok: unknown; value?: unknown; code?: unknown; message?: unknown };
  if (reply.ok === true) return { ok: true, value: (reply.value ?? null) as ReplyValue };
  if (reply.ok === false) return { ok: false, code: String(reply.code ?? ''), message: String(reply.message ?? '') };
  return undefined;
}
