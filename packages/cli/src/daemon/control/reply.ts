/** What a verb answers, in the shapes of fail2ban's own replies: clients that unpickle tell a tuple from a list and an int from a float. */
export type ReplyValue =
  | string
  | number
  | boolean
  | null
  | Tuple
  | Float
  | Bytes
  | readonly ReplyValue[]
  | { readonly [key: string]: ReplyValue };

/** Python's tuple. In JSON it is a list. */
export class Tuple {
  readonly items: readonly ReplyValue[];

  constructor(items: readonly ReplyValue[]) {
    this.items = items;
  }

  toJSON(): readonly ReplyValue[] {
    return this.items;
  }
}

/** A number that is a float in Python even where it is whole: a bare whole number is an int. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toJSON(): number {
    return this.value;
  }
}

/** Python's bytes. In JSON they are a text, a character each. */
export class Bytes {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  toJSON(): string {
    return Buffer.from(this.bytes).toString('latin1');
  }
}

export function tuple(...items: readonly ReplyValue[]): Tuple {
  return new Tuple(items);
}

export const refusalCodes = [
  'F2B_INVALID_COMMAND',
  'F2B_UNKNOWN_JAIL',
  'F2B_JAIL_FAILED',
  'F2B_JAIL_STARTING',
  'F2B_RELOAD_REFUSED',
  'F2B_BAD_REQUEST',
  'F2B_REPLY',
] as const;
/** Why a request is refused. `F2B_REPLY`: what went wrong has no code of its own. */
export type RefusalCode = (typeof refusalCodes)[number];

/** An exception of Python's: how fail2ban's clients learn what went wrong. Its arguments are what its constructor takes. */
export interface Raised {
  readonly module: 'builtins' | 'fail2ban.exceptions' | 'fail2ban.server.failregex';
  readonly name: string;
  readonly args: readonly ReplyValue[];
}

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For a person, in fail2ban-client's words where it has some. */
  readonly message: string;
  /** What fail2ban raises there; undefined: an `Exception` with the message. */
  readonly raised?: Raised;
}

export type Reply = { readonly ok: true; readonly value: ReplyValue } | Refusal;

export function ok(value: ReplyValue): Reply {
  return { ok: true, value };
}

export function refusal(code: RefusalCode, message: string, raised?: Raised): Refusal {
  return raised === undefined ? { ok: false, code, message } : { ok: false, code, message, raised };
}

/** What fail2ban raises for a refusal. */
export function raisedBy({ raised, message }: Refusal): Raised {
  return raised ?? { module: 'builtins', name: 'Exception', args: [message] };
}

/** A refusal on its way to whoever asked. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}
