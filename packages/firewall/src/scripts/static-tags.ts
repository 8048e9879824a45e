import { hostname } from 'node:os';
import type { ActionSettings } from '@f2b/config';
import { errors } from '../errors.js';

/** The family of a ticket, and the empty one of actions whose parameters do not differ by family. */
export type ActionFamily = 'inet4' | 'inet6' | '';

/** fail2ban's rule: the same tag more than 25 times in one value means that the tags refer to themselves. */
const repeatLimit = 25;
/** No honest script is longer; parameters that multiply each other reach it in a moment. */
const sizeLimit = 1024 * 1024;

/**
 * What an action's static tags stand for: everything that the action was given, commands and parameters. A tag's form
 * for the ticket's family (`blocktype?family=inet6`) goes before its plain form.
 */
export class StaticTags {
  readonly #values: ReadonlyMap<string, string>;
  /** Whether any parameter has a form for one family, so that the action is started once for each of them. */
  readonly conditional: boolean;

  constructor(settings: ActionSettings) {
    const values = new Map<string, string>();
    for (const [name, value] of settings.commands) values.set(name, String(value));
    for (const [name, value] of settings.params) values.set(name, value);
    this.#values = values;
    this.conditional = settings.params.some(([name]) => name.includes('?family='));
  }

  /** Replaces the tags that stand for the same thing everywhere: `<br>`, `<sp>`, `<fq-hostname>`, `<sh-hostname>`. */
  static fixed(script: string): string {
    return script.replace(/<([a-z-]+)>/g, (whole, name: string) => fixedTag(name) ?? whole);
  }

  /** A parameter's own value, tags in it replaced; undefined where the action does not have it. */
  value(name: string, family: ActionFamily = ''): string | undefined {
    const text = this.#lookup(name, family);
    return text === undefined ? undefined : this.replace(text, family);
  }

  /**
   * Replaces all static tags of a script, again and again until none is left; innermost first, so that names may be
   * composed (`<ipt_<type>/_chain>`). Tags it does not know stay.
   *
   * @throws FirewallError `F2B_ACTION_TAGS` for tags without an end
   */
  replace(script: string, family: ActionFamily): string {
    const repeats = new Map<string, number>();
    let text = script;
    let from = 0;
    const tag = /<([^ <>]+)>/g;
    for (;;) {
      tag.lastIndex = from;
      const match = tag.exec(text);
      if (match === null) return text;
      const name = match[1]!;
      const value = this.#lookup(name, family) ?? fixedTag(name);
      if (value === undefined) {
        from = match.index + 1;
        continue;
      }
      const count = (repeats.get(name) ?? 0) + 1;
      repeats.set(name, count);
      if (count > repeatLimit) throw errors.tags(name, 'its value leads back to itself');
      // All its places at once, so that a script may name a parameter as often as it likes.
      text = text.replaceAll(match[0], () => value);
      if (text.length > sizeLimit) throw errors.tags(name, `the script grows past ${sizeLimit} characters`);
      from = 0;
    }
  }

  #lookup(name: string, family: ActionFamily): string | undefined {
    return (family === '' ? undefined : this.#values.get(`${name}?family=${family}`)) ?? this.#values.get(name);
  }
}

function fixedTag(name: string): string | undefined {
  if (name === 'br') return '\n';
  if (name === 'sp') return ' ';
  if (name === 'fq-hostname') return hostname();
  if (name === 'sh-hostname') return hostname().split('.', 1)[0]!;
  return undefined;
}
