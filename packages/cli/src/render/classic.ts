import type { ReplyValue } from '../daemon/control/reply.js';
import { printable, printableText } from '../printable.js';
import { renderStatistics } from './statistics.js';
import { renderStatus } from './status.js';

/** What fail2ban-client prints of an answer. Scripts cut it apart, so the words and the marks are its own. */
export function renderClassic(words: readonly string[], value: ReplyValue): string {
  const [verb = '', first, second] = words;
  switch (verb) {
    case 'ping':
      return `Server replied: ${shown(value)}`;
    case 'start':
      return 'Jail started';
    case 'stop':
      return first === undefined ? 'Shutdown successful' : 'Jail stopped';
    case 'add':
      return `Added jail ${shown(value)}`;
    case 'flushlogs':
      return `logs: ${shown(value)}`;
    case 'echo':
      return Array.isArray(value) ? value.map(shown).join(' ') : shown(value);
    case 'status':
      return isTree(value) ? renderStatus(first, value) : pythonText(value);
    case 'stats':
    case 'statistics':
      return renderStatistics(value);
    case 'get':
    case 'set': {
      const known = first === undefined ? undefined : (ofServer.get(first) ?? ofJail(first, words.slice(2)));
      return known?.(value) ?? pythonText(value);
    }
    default:
      return second === undefined && typeof value === 'string' ? shown(value) : pythonText(value);
  }
}

type Shown = (value: ReplyValue) => string;

const ofServer = new Map<string, Shown>([
  ['loglevel', (value) => `Current logging level is ${repr(value)}`],
  ['logtarget', (value) => leaf('Current logging target is:', value)],
  ['syslogsocket', (value) => leaf('Current syslog socket is:', value)],
  ['dbfile', (value) => (value === null ? 'Database currently disabled' : leaf('Current database file is:', value))],
  ['dbmaxmatches', (value) => leaf('Current maximum number of matches stored in database per ticket is:', value)],
  ['dbpurgeage', (value) => leaf('Current database purge age is:', `${shown(value)}seconds`)],
]);

/** What is shown of a property of a jail, whether it is asked for, or changed and answered. */
function ofJail(jail: string, [property = '', ...rest]: readonly string[]): Shown | undefined {
  switch (property.replace(/^(?:add|del)(?=logpath|journalmatch|ignoreip|failregex|ignoreregex)/, '')) {
    case 'logpath':
      return (value) => list(value, 'Current monitored log file(s):', 'No file is currently monitored');
    case 'ignoreip':
      return (value) => list(value, 'These IP addresses/networks are ignored:', 'No IP address/network is ignored');
    case 'failregex':
    case 'ignoreregex':
      return (value) =>
        list(
          items(value).map((one, index) => `[${index}]: ${shown(one)}`),
          'The following regular expression are defined:',
          'No regular expression is defined',
        );
    case 'logencoding':
      return (value) => `Current log encoding is set to:\n${shown(value)}`;
    case 'journalmatch':
      return (value) =>
        items(value).length === 0
          ? 'No journal match filter set'
          : `Current match filter:\n${items(value)
              .map((set) => items(set).map(shown).join(' '))
              .join(' + ')}`;
    case 'datepattern':
      return datePattern;
    case 'actions':
      return (value) =>
        items(value).length === 0
          ? `No actions for jail ${printable(jail)}`
          : `The jail ${printable(jail)} has the following actions:\n${items(value).map(shown).join(', ')}`;
    case 'actionproperties':
      return (value) => ofAction('properties', jail, rest[0], value);
    case 'actionmethods':
      return (value) => ofAction('methods', jail, rest[0], value);
    case 'banip': {
      // Only `get` answers with the addresses.
      const between = rest[0] === undefined ? ' ' : rest[0] === '--with-time' ? '\n' : rest[0];
      return (value) => (Array.isArray(value) ? value.map(tabbed).join(between) : pythonText(value));
    }
    default:
      return undefined;
  }
}

function datePattern(value: ReplyValue): string {
  if (value === null) return 'Current date pattern set to: Not set/required';
  const [pattern, name] = items(value);
  const text =
    pattern === null || pattern === undefined ? shown(name ?? '') : `${shown(pattern)} (${shown(name ?? '')})`;
  return `Current date pattern set to: ${text}`;
}

function ofAction(what: string, jail: string, action: string | undefined, value: ReplyValue): string {
  const whose = `The jail ${printable(jail)} action ${printable(action ?? '')} has the following ${what}:`;
  return items(value).length === 0
    ? `No ${what} for jail ${printable(jail)} action ${printable(action ?? '')}`
    : `${whose}\n${items(value).map(shown).join(', ')}`;
}

function leaf(title: string, value: ReplyValue): string {
  return `${title}\n\`- ${shown(value)}`;
}

function list(value: ReplyValue, title: string, none: string): string {
  const all = items(value);
  if (all.length === 0) return none;
  return [title, ...all.map((one, index) => `${index === all.length - 1 ? '`-' : '|-'} ${shown(one)}`)].join('\n');
}

function items(value: ReplyValue): readonly ReplyValue[] {
  return Array.isArray(value) ? value : [];
}

function isTree(value: ReplyValue): boolean {
  return Array.isArray(value) && Array.isArray(value[0]);
}

function shown(value: ReplyValue): string {
  return typeof value === 'string' ? printable(value) : pythonText(value);
}

/** The same, with tabs between what belongs together. */
function tabbed(value: ReplyValue): string {
  return String(value).split('\t').map(printable).join('\t');
}

/** Python's `str()` of a value. */
function pythonText(value: ReplyValue): string {
  return typeof value === 'string' ? printableText(value) : repr(value);
}

/** Python's `repr()`. */
export function repr(value: ReplyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const inside = value
      .replaceAll('\\', '\\\\')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t')
      .replaceAll('\r', '\\r');
    return quote + printable(quote === "'" ? inside.replaceAll("'", "\\'") : inside) + quote;
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  const pairs = Object.entries(value as { readonly [key: string]: ReplyValue });
  return `{${pairs.map(([key, one]) => `${repr(key)}: ${repr(one)}`).join(', ')}}`;
}
