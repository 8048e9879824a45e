import { pythonRepr } from '@f2b/config';
import {
  type CompiledFilter,
  type GroupValue,
  type LineTuple,
  parseAddress,
  plainText,
  timeText,
  tupleText,
} from '@f2b/matcher';
import { valueRepr } from '../python.js';
import { RowKeys } from './row-keys.js';
import type { Found } from './verdict.js';

/** Writes one failure as `-o` asks; the text ends without a newline. */
export type TokenWriter = (found: Found) => string | Promise<string>;

/** Python's notation of a text; most log text needs no care. */
function quoted(text: string): string {
  return plainText.test(text) ? `'${text}'` : pythonRepr(text);
}

/** Stands for all data of a failure. */
const allTag = 'F-*';

/** Whether what is printed shows the groups of a failure in the order in which its session came to know them. */
export const showsAllGroups = (token: string): boolean => token === 'row' || token.includes(`<${allTag}>`);

export const lineText = (tuple: LineTuple): string => tuple[0] + tuple[1] + tuple[2];

/** What `-o TOKEN` prints, for every token but `json`; `keys` is for rows. */
export function tokenWriter(
  token: string,
  filter: CompiledFilter,
  now: number,
  keys: RowKeys | undefined,
): TokenWriter {
  const zoned = filter.dating.zone !== undefined;
  const time = (found: Found): string =>
    Number.isNaN(found.time) ? timeText(now, '', false) : timeText(found.time, dateText(found), zoned);
  switch (token) {
    case 'id':
    case 'fid':
      return ({ id }) => id ?? 'None';
    case 'ip':
      return ({ ip, id }) => ip ?? id ?? 'None';
    case 'msg':
      return ({ lines }) => lines.map(lineText).join('\n');
    case 'row':
      return rowWriter(keys ?? new RowKeys(filter), zoned);
    case 'matches':
      return ({ lines }) => linesRepr(lines);
    default:
      return token.includes('<')
        ? (found) => withTags(token, found, time, keys)
        : ({ groups }) => groupText(token, groups.get(token));
  }
}

function groupText(name: string, value: ReturnType<Found['groups']['get']>): string {
  if (value === undefined) return 'None';
  if (typeof value === 'string') return value;
  return name === 'users' ? setRepr(value) : tupleText(value);
}

/** The users of a session are a set to fail2ban. */
function setRepr(values: readonly (string | null)[]): string {
  return `{${values.map((one) => quoted(one ?? '')).join(', ')}}`;
}

/** The text of the date that the failure's time was read from. */
function dateText({ match }: Found): string {
  return match.date === 'own' ? match.tuple[1] : (match.preceding?.text ?? '');
}

function rowWriter(keys: RowKeys, zoned: boolean): TokenWriter {
  return (found) => {
    const { groups, time } = found;
    const data = keys.of(found).map((name) => [name, groups.get(name)] as const);
    const id = found.parts === undefined ? quoted(found.id ?? '') : found.id;
    const shownTime = Number.isNaN(time) ? 'None' : timeText(time, dateText(found), zoned);
    return `[${id},\t${shownTime},\t{${dataText([...data, ...addressBeside(found)])}}],`;
  };
}

type Datum = readonly [name: string, value: GroupValue | undefined];

/** The address, where somebody else than it is whom the failure names. */
function addressBeside({ groups, ip, id }: Found): readonly Datum[] {
  const isBeside = groups.has('fid') && (groups.has('ip4') || groups.has('ip6')) && ip !== id;
  return isBeside ? [['ip', ip]] : [];
}

function dataText(data: readonly Datum[]): string {
  let text = '';
  for (const [name, value] of data) {
    text += `${text === '' ? '' : ', '}'${name}': `;
    if (value === undefined) text += 'None';
    else if (typeof value === 'string') text += quoted(value);
    else text += name === 'users' ? setRepr(value) : valueRepr(value);
  }
  return text;
}

const linesRepr = (lines: readonly LineTuple[]): string =>
  `[${lines.map((parts) => `(${parts.map(pythonRepr).join(', ')})`).join(', ')}]`;

/** `<F-*>`: all that is known of a failure. */
function allData(found: Found, keys: RowKeys): string {
  const data = keys.of(found).flatMap((name): Datum[] => {
    const value = found.groups.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const shown = dataText([...data, ...addressBeside(found)]);
  return `{'matches': ${linesRepr(found.lines)}, 'failures': 0${shown === '' ? '' : `, ${shown}`}}`;
}

const tag = /<([A-Za-z][\w.-]*|F-\*)>/g;

/** Text with tags, as in actions, but without quoting for a shell. */
async function withTags(
  text: string,
  found: Found,
  time: (found: Found) => string,
  keys: RowKeys | undefined,
): Promise<string> {
  const host = text.includes('<ip-host>') ? await nameOf(found.ip) : 'None';
  return text.replace(tag, (written, name: string) => {
    switch (name) {
      case 'ip':
        return found.ip ?? found.id ?? 'None';
      case 'fid':
        return found.id ?? 'None';
      case 'family':
        return found.family ?? 'None';
      case 'ip-rev':
        return reversed(found.ip);
      case 'ip-host':
        return host;
      case 'time':
        return time(found);
      case 'failures':
      case 'restored':
        return '0';
      case 'msg':
      case 'matches':
        return found.lines.map(lineText).join('\n');
      case allTag:
        return keys === undefined ? written : allData(found, keys);
      default: {
        if (!/^F-[A-Z0-9_]+$/.test(name)) return written;
        const group = name.slice(2).toLowerCase();
        const value = found.groups.get(group === 'id' ? 'fid' : group === 'port' ? 'fport' : group);
        return value === undefined ? '' : groupText(group, value);
      }
    }
  });
}

/** `9.2.0.192.`, as reverse zones write an address. */
function reversed(ip: string | undefined): string {
  const address = ip === undefined ? undefined : parseAddress(ip);
  if (address === undefined) return 'None';
  if (address.bytes.length === 4) return `${[...address.bytes].reverse().join('.')}.`;
  const digits = [...address.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${[...digits].reverse().join('.')}.`;
}

async function nameOf(ip: string | undefined): Promise<string> {
  if (ip === undefined || parseAddress(ip) === undefined) return 'None';
  const { reverse } = await import('node:dns/promises');
  return reverse(ip).then(
    ([name]) => name ?? 'None',
    () => 'None',
  );
}
