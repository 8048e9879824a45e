import type { ActionSettings, Finding } from '@f2b/config';
import { concernsOf, readScript } from './binding.js';
import type { Concern } from './places.js';
import { type ActionFamily, StaticTags } from './static-tags.js';

/**
 * What an administrator should know of the places where an action's commands put values of log lines: where a value becomes text
 * of another program, and so only letters, digits and a few signs of it arrive, and where the program does not see it at all.
 * The commands work; nothing of a value is run either way.
 */
export function doubtfulTags(settings: ActionSettings): readonly Finding[] {
  if (settings.builtin || settings.python !== undefined) return [];
  const tags = new StaticTags(settings);
  const families: readonly ActionFamily[] = tags.conditional ? ['inet4', 'inet6'] : [''];
  const found = new Map<string, Finding>();
  for (const [option, command] of settings.commands) {
    if (typeof command !== 'string' || !/^action(?:ban|unban|reban|prolong)$/.test(option)) continue;
    for (const family of families) {
      let text: string;
      try {
        text = tags.replace(command.trim(), family);
      } catch {
        // Tags without an end are told when the action runs, and by the reader of the configuration.
        continue;
      }
      for (const finding of doubtfulIn(text, `action ${settings.name}: ${option}`)) {
        found.set(finding.what, { ...finding, origin: settings.origin });
      }
    }
  }
  return [...found.values()];
}

/** The same for a script that stands alone, an `ignorecommand`; `name` says whose it is. */
export function doubtfulIn(script: string, name: string): readonly Finding[] {
  return concernsOf(readScript(script)).map(({ tag, at, concern }) => {
    const before = script.slice(0, at).split('\n');
    const place = `line ${before.length}, column ${before.at(-1)!.length + 1}`;
    const { what, advice } = inWords(tag, concern);
    return {
      severity: 'warning',
      code: 'F2B_ACTION_TAG_PLACE',
      what: `${name}, ${place} of the command: ${what}.`,
      origin: undefined,
      advice: `${advice}.`,
      jail: undefined,
    };
  });
}

function inWords(tag: string, { kind, program }: Concern): { what: string; advice: string } {
  const variable = `f2bV_${/^F-/.test(tag) ? `F_${tag.slice(2).toLowerCase()}` : tag}`.replace(/\W/g, '_');
  if (kind === 'command') {
    return {
      what: `<${tag}> stands where the name of a command is expected, so it is left out`,
      advice: 'Write the name of the command there; a log line must not choose it',
    };
  }
  if (kind === 'unseen') {
    return {
      what: `<${tag}> stands where the shell expands nothing (single quotes or a quoted end word), so ${program} sees the text \${${variable}} in place of values that are more than a plain word`,
      advice: `Use double quotes, or hand the value over as an argument: ${example(program, tag)}`,
    };
  }
  return {
    what: `<${tag}> becomes text of a program (${program}), so only its letters, digits, blanks and _.:,/@%+=- arrive`,
    advice: `Hand the value over as an argument or on standard input: ${example(program, tag)}`,
  };
}

/** The safe form for a program. */
function example(program: string, tag: string): string {
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (/awk$/.test(name)) return `${name} -v value="<${tag}>" 'BEGIN { print value }'`;
  if (/^python/.test(name)) return `${name} -c 'import sys; print(sys.argv[1])' "<${tag}>"`;
  if (/^perl/.test(name)) return `${name} -e 'print shift' "<${tag}>"`;
  if (/^(?:ssh|slogin|rsh)$/.test(name))
    return `printf '%s\\n' "<${tag}>" | ${name} host 'read -r value; echo "$value"'`;
  return `sh -c 'echo "$1"' sh "<${tag}>"`;
}
