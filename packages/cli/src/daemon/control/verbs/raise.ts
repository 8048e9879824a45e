import { pythonRepr } from '@f2b/config';
import { type Raised, type RefusalCode, Refused, type ReplyValue, refusal } from '../reply.js';

/** fail2ban's refusals: the exceptions that its server raises, with the words that its client has for them. */

function raise(name: string, text: string, shown = text, code: RefusalCode = 'F2B_REPLY'): Refused {
  return new Refused(refusal(code, shown, { module: 'builtins', name, args: [text] }));
}

export function invalid(text: string): Refused {
  return raise('Exception', text, text, 'F2B_INVALID_COMMAND');
}

export function tooFewWords(): Refused {
  return raise('IndexError', 'list index out of range', 'Sorry but the command is invalid', 'F2B_INVALID_COMMAND');
}

export function valueError(text: string): Refused {
  return raise('ValueError', text);
}

export function typeError(text: string): Refused {
  return raise('TypeError', text);
}

export function noSuchName(name: string): Refused {
  return raise('NameError', `name '${name}' is not defined`);
}

export function noSuchAttribute(text: string): Refused {
  return raise('AttributeError', text);
}

export function notKnown(text: string): Refused {
  return raise('LookupError', text);
}

/** Python shows the text of this one in quotes. */
export function noSuchKey(text: string): Refused {
  return raise('KeyError', text, pythonRepr(text));
}

export function regexError(text: string): Refused {
  const raised: Raised = { module: 'fail2ban.server.failregex', name: 'RegexException', args: [text] };
  return new Refused(refusal('F2B_REPLY', text, raised));
}

const ofSystem = new Map<string, readonly [name: string, errno: number, text: string]>([
  ['ENOENT', ['FileNotFoundError', 2, 'No such file or directory']],
  ['EACCES', ['PermissionError', 13, 'Permission denied']],
  ['EISDIR', ['IsADirectoryError', 21, 'Is a directory']],
  ['ENOTDIR', ['NotADirectoryError', 20, 'Not a directory']],
  ['ELOOP', ['OSError', 40, 'Too many levels of symbolic links']],
]);

/** What the system says of a file. */
export function fileError(error: unknown, path: string): Refused {
  const { code = '' } = error as NodeJS.ErrnoException;
  const known = ofSystem.get(code);
  if (known === undefined) return valueError(`${path}: ${(error as Error).message}`);
  const [name, errno, text] = known;
  const shown = `[Errno ${errno}] ${text}: ${pythonRepr(path)}`;
  return new Refused(refusal('F2B_REPLY', shown, { module: 'builtins', name, args: [errno, text, path] }));
}

export function unknownJail(jail: string): Refused {
  const raised: Raised = { module: 'fail2ban.exceptions', name: 'UnknownJailException', args: [jail] };
  return new Refused(refusal('F2B_UNKNOWN_JAIL', `Sorry but the jail '${jail}' does not exist`, raised));
}

/** An exception as Python shows it: `KeyError('x')`. */
export function reprOf({ name, args }: Raised): string {
  return `${name}(${args.map((arg) => pythonRepr(plain(arg))).join(', ')})`;
}

function plain(value: ReplyValue): string | number | boolean | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
