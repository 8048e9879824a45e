import { ConfigError } from '../errors.js';
import { originOf, replaceAll, type Traced } from '../syntax/traced.js';
import { maxValueCharacters } from './percent.js';

/** fail2ban's limit: one tag may be replaced so often in one value before it counts as referring to itself. */
const maxReplacements = 25;
/** Characters that all values of one filter or action may have together. */
const maxTotalCharacters = 4 * 1024 * 1024;

/**
 * Substitutes `<tag>` in options by the value of the option of that name, again and again until nothing changes, so that
 * tags may be composed (`<mdre-<mode>>`). Unknown tags stay: they are `<HOST>`, `<ip>`, shell redirections.
 *
 * @param options the combined options, by name; not changed
 * @param names the options that are wanted; undefined: all
 * @param ignored tags that are not replaced here, and options whose text is not touched
 * @param find a further source of values for tags that name no option
 * @returns the wanted options, in the order of `options`
 * @throws ConfigError `F2B_CONFIG_SELF_REFERENCE`, `F2B_CONFIG_TOO_LARGE`
 */
export function substituteTags(
  options: ReadonlyMap<string, Traced>,
  names: ReadonlySet<string> | undefined,
  ignored: ReadonlySet<string>,
  find: (tag: string) => Traced | undefined,
): Map<string, Traced> {
  const result = new Map<string, Traced>();
  const found = new Map<string, Traced | undefined>();
  const lookUp = (tag: string): Traced | undefined => {
    const option = options.get(tag);
    if (option) return option;
    if (!found.has(tag)) found.set(tag, find(tag));
    return found.get(tag);
  };
  let total = 0;
  for (const [name, original] of options) {
    if (names && !names.has(name)) continue;
    let value = original;
    if (!ignored.has(name) && value.text.includes('<')) {
      const counted = new Map<string, number>();
      for (let before = ''; before !== value.text; ) {
        before = value.text;
        value = substituteOnce(name, value, ignored, lookUp, counted);
      }
      total += value.text.length;
      if (total > maxTotalCharacters) throw tooLarge(name, original);
    }
    result.set(name, value);
  }
  return result;
}

function substituteOnce(
  name: string,
  original: Traced,
  ignored: ReadonlySet<string>,
  lookUp: (tag: string) => Traced | undefined,
  counted: Map<string, number>,
): Traced {
  let value = original;
  let from = 0;
  for (;;) {
    const at = tagAt(value.text, from);
    if (at < 0) return value;
    const end = value.text.indexOf('>', at);
    const tag = value.text.slice(at + 1, end);
    if (ignored.has(tag)) {
      from = end + 1;
      continue;
    }
    const count = counted.get(tag) ?? 0;
    if (tag === name || count > maxReplacements) {
      throw new ConfigError(
        'F2B_CONFIG_SELF_REFERENCE',
        `'${name}' refers to itself through the tag <${tag}>.`,
        originOf(original),
        'Break the circle of <tags>.',
      );
    }
    const replacement = lookUp(tag);
    if (!replacement) {
      from = end + 1;
      continue;
    }
    value = replaceWithin(name, value, `<${tag}>`, replacement);
    counted.set(tag, count + 1);
    from = at;
  }
}

/**
 * Where the next `<name>` begins: no blank and no angle bracket inside, so the innermost of nested tags is found first.
 *
 * @returns -1 if there is none
 */
function tagAt(text: string, from: number): number {
  let close = -1;
  for (let at = text.indexOf('<', from); at >= 0; ) {
    const next = text.indexOf('<', at + 1);
    if (close < at) close = text.indexOf('>', at + 1);
    if (close < 0) return -1;
    if (close > at + 1 && (next < 0 || close < next) && !text.slice(at + 1, close).includes(' ')) return at;
    at = next;
  }
  return -1;
}

/** As `replaceAll`, but refuses to build what grows past all bounds. */
function replaceWithin(name: string, value: Traced, tag: string, replacement: Traced): Traced {
  let length = value.text.length;
  for (let at = value.text.indexOf(tag); at >= 0; at = value.text.indexOf(tag, at + tag.length)) {
    length += replacement.text.length - tag.length;
  }
  if (length > maxValueCharacters) throw tooLarge(name, value);
  return replaceAll(value, tag, replacement);
}

function tooLarge(name: string, value: Traced): ConfigError {
  return new ConfigError(
    'F2B_CONFIG_TOO_LARGE',
    `the tags in '${name}' unfold past ${maxValueCharacters} characters.`,
    originOf(value),
    'Look for tags that stand for texts with further tags.',
  );
}
