import { ConfigError } from '../errors.js';
import { concat, originOf, slice, type Traced } from '../syntax/traced.js';
import { MAX_VALUE_CHARACTERS } from './percent.js';

/** fail2ban's limit: one tag may be replaced so often in one value before it counts as referring to itself. */
const MAX_REPLACEMENTS = 25;
/** Characters that all values of one filter or action may have together. */
const MAX_TOTAL_CHARACTERS = 4 * 1024 * 1024;

/** `<name>`: no blank and no angle bracket inside, so the innermost of nested tags is found first. */
const TAG = /<([^ <>]+)>/g;

/**
 * Substitutes `<tag>` in every option by the value of the option of that name, again and again until nothing changes, so
 * that tags may be composed (`<mdre-<mode>>`). Unknown tags stay: they are `<HOST>`, `<ip>`, shell redirections.
 *
 * @param options the combined options, by name; not changed
 * @param ignored tags that are not replaced here, and options whose text is not touched
 * @param find a further source of values for tags that name no option
 * @throws ConfigError `F2B_CONFIG_SELF_REFERENCE`, `F2B_CONFIG_TOO_LARGE`
 */
export function substituteTags(
  options: ReadonlyMap<string, Traced>,
  ignored: ReadonlySet<string>,
  find: (tag: string) => Traced | undefined,
): Map<string, Traced> {
  const result = new Map(options);
  const done = new Set<string>();
  const counts = new Map<string, Map<string, number>>();
  let total = 0;
  for (let again = true; again; ) {
    again = false;
    for (const [name, value] of result) {
      if (done.has(name) || ignored.has(name)) continue;
      if (!value.text.includes('<')) {
        done.add(name);
        continue;
      }
      const counted = counts.get(name) ?? new Map<string, number>();
      counts.set(name, counted);
      const replaced = substituteOnce(name, value, result, ignored, find, counted);
      if (replaced.text !== value.text) {
        total += replaced.text.length;
        if (total > MAX_TOTAL_CHARACTERS) throw tooLarge(name, value);
        result.set(name, replaced);
        TAG.lastIndex = 0;
        if (TAG.test(replaced.text)) again = true;
      }
      if (!replaced.text.includes('<')) done.add(name);
    }
  }
  return result;
}

function substituteOnce(
  name: string,
  original: Traced,
  options: ReadonlyMap<string, Traced>,
  ignored: ReadonlySet<string>,
  find: (tag: string) => Traced | undefined,
  counted: Map<string, number>,
): Traced {
  let value = original;
  let from = 0;
  for (;;) {
    TAG.lastIndex = from;
    const match = TAG.exec(value.text);
    if (!match) return value;
    const tag = match[1]!;
    if (ignored.has(tag)) {
      from = match.index + match[0].length;
      continue;
    }
    const count = counted.get(tag) ?? 0;
    if (tag === name || count > MAX_REPLACEMENTS) {
      throw new ConfigError(
        'F2B_CONFIG_SELF_REFERENCE',
        `'${name}' refers to itself through the tag <${tag}>.`,
        originOf(original),
        'Break the circle of <tags>.',
      );
    }
    const replacement = options.get(tag) ?? find(tag);
    if (!replacement) {
      from = match.index + match[0].length;
      continue;
    }
    value = replaceAll(value, match[0], replacement);
    if (value.text.length > MAX_VALUE_CHARACTERS) throw tooLarge(name, original);
    counted.set(tag, count + 1);
    from = match.index;
  }
}

function replaceAll(value: Traced, tag: string, replacement: Traced): Traced {
  const parts: Traced[] = [];
  let from = 0;
  let length = value.text.length;
  for (let at = value.text.indexOf(tag); at >= 0; at = value.text.indexOf(tag, from)) {
    parts.push(slice(value, from, at), replacement);
    from = at + tag.length;
    length += replacement.text.length - tag.length;
    if (length > MAX_VALUE_CHARACTERS) break;
  }
  parts.push(slice(value, from, value.text.length));
  return concat(parts);
}

function tooLarge(name: string, value: Traced): ConfigError {
  return new ConfigError(
    'F2B_CONFIG_TOO_LARGE',
    `the tags in '${name}' unfold past ${MAX_VALUE_CHARACTERS} characters.`,
    originOf(value),
    'Look for tags that stand for texts with further tags.',
  );
}
