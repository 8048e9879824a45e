import type { Word } from '../dialects/dialect.js';
import type { ClientStream, ReloadWish } from '../reload.js';
import { invalid } from './raise.js';
import type { Words } from './words.js';

const options = new Map<string, Partial<ReloadWish>>([
  ['--restart', { restart: true }],
  ['--unban', { unban: true }],
  ['--if-exists', { ifExists: true }],
  ['--dry-run', { dryRun: true }],
  ['--all', {}],
]);

/** Is this fail2ban's client, which sends what it has read itself? */
export function hasStream(words: Words): boolean {
  return words.length === 3 && Array.isArray(words.nested(1)) && Array.isArray(words.nested(2));
}

/**
 * Understands both forms of `reload`: that of a person, `[--restart] [--unban] [--if-exists] [--dry-run] [JAIL]`, and that of fail2ban's
 * client, `JAIL|--all [options] [stream]`, which has read the configuration itself.
 * @throws Refused
 */
export function readReloadWish(words: Words): ReloadWish {
  if (hasStream(words)) {
    const name = words.at(0);
    const wish = readWords((words.nested(1) as readonly Word[]).map(String));
    const jail = name === '--all' ? undefined : name;
    return { ...wish, jail, stream: readStream(words.nested(2) as readonly Word[]) };
  }
  return { ...readWords(words.from(0)), mayStart: true };
}

function readWords(words: readonly string[]): ReloadWish {
  let wish: ReloadWish = {};
  const names: string[] = [];
  for (const word of words) {
    const option = options.get(word);
    if (option !== undefined) wish = { ...wish, ...option };
    else names.push(word);
  }
  const [jail, surplus] = names;
  if (surplus !== undefined) throw invalid(`Unexpected argument(s) for reload: ${JSON.stringify(names)}`);
  return jail === undefined ? wish : { ...wish, jail };
}

/** Settings by which it shows that a client read another configuration than the server. */
const telling = new Set(['maxretry', 'findtime', 'bantime']);

function readStream(commands: readonly Word[]): ClientStream {
  const jails = new Map<string, Map<string, string>>();
  for (const command of commands) {
    if (!Array.isArray(command)) continue;
    const [verb, name, option, value] = command as readonly Word[];
    if (verb === 'add' && name !== undefined) jails.set(String(name), new Map());
    else if (verb === 'set' && telling.has(String(option)) && value !== undefined) {
      jails.get(String(name))?.set(String(option), String(value));
    }
  }
  return jails;
}
