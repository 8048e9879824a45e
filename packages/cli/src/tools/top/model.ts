import type { Overview } from '../../daemon/control/verbs/overview.js';
import type { Key } from './keys.js';

export type Ban = Overview['newest'][number];

const sorts = ['newest', 'jail', 'address', 'left'] as const;
export type Sort = (typeof sorts)[number];

/** What the keys go to. */
export type Mode =
  | { readonly kind: 'list' }
  /** A line is being typed. */
  | { readonly kind: 'typing'; readonly what: 'filter' | 'ban'; readonly text: string }
  | { readonly kind: 'confirm'; readonly ban: Ban }
  /** A page of text is read; `from` is its first line on the screen. */
  | { readonly kind: 'page'; readonly lines: readonly string[]; readonly from: number };

export interface State {
  readonly mode: Mode;
  readonly sort: Sort;
  readonly filter: string;
  /** Of the bans that are shown. */
  readonly selected: number;
  /** What came of the last thing that was asked for. */
  readonly message: string;
}

/** What a key asks for beyond the screen. */
export type Wish =
  | { readonly kind: 'quit' }
  | { readonly kind: 'unban'; readonly jail: string; readonly id: string }
  | { readonly kind: 'ban'; readonly jail: string; readonly ids: readonly string[] }
  | { readonly kind: 'why'; readonly id: string };

export const begin: State = { mode: { kind: 'list' }, sort: 'newest', filter: '', selected: 0, message: '' };

const longestText = 200;
const page = 10;

/** The bans as they are shown: those that the filter leaves, sorted. */
export function shownBans({ newest }: Pick<Overview, 'newest'>, { filter, sort }: State): readonly Ban[] {
  const wanted = filter.toLowerCase();
  const left = newest.filter(({ jail, id }) => `${jail} ${id}`.toLowerCase().includes(wanted));
  const end = (ban: Ban) => (ban.until as number | null) ?? Number.POSITIVE_INFINITY;
  const order: Readonly<Record<Sort, (a: Ban, b: Ban) => number>> = {
    newest: (a, b) => b.time - a.time,
    jail: (a, b) => a.jail.localeCompare(b.jail),
    address: (a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }),
    left: (a, b) => (end(a) === end(b) ? 0 : end(a) - end(b)),
  };
  return left.sort(order[sort]);
}

/** What a key does. */
export function press(state: State, key: Key, view: Pick<Overview, 'newest' | 'jails'>): readonly [State, Wish?] {
  if (key === 'interrupt') return [state, { kind: 'quit' }];
  switch (state.mode.kind) {
    case 'list':
      return inList(state, key, view);
    case 'typing':
      return typing(state, state.mode, key, view);
    case 'confirm': {
      const { jail, id } = state.mode.ban;
      const back: State = { ...state, mode: { kind: 'list' } };
      return key === 'y' ? [back, { kind: 'unban', jail, id }] : [{ ...back, message: 'nobody was unbanned' }];
    }
    case 'page': {
      const { lines, from } = state.mode;
      const to = (line: number): readonly [State] => [
        { ...state, mode: { kind: 'page', lines, from: Math.max(0, Math.min(lines.length - 1, line)) } },
      ];
      if (key === 'down' || key === 'j') return to(from + 1);
      if (key === 'up' || key === 'k') return to(from - 1);
      if (key === 'pagedown' || key === ' ') return to(from + page);
      if (key === 'pageup') return to(from - page);
      return [{ ...state, mode: { kind: 'list' } }];
    }
  }
}

function inList(state: State, key: Key, view: Pick<Overview, 'newest' | 'jails'>): readonly [State, Wish?] {
  const bans = shownBans(view, state);
  const selected = Math.min(state.selected, Math.max(0, bans.length - 1));
  const ban = bans[selected];
  const quiet: State = { ...state, message: '' };
  const move = (by: number): readonly [State] => [
    { ...quiet, selected: Math.max(0, Math.min(bans.length - 1, selected + by)) },
  ];
  switch (key) {
    case 'q':
      return [state, { kind: 'quit' }];
    case 'down':
    case 'j':
      return move(1);
    case 'up':
    case 'k':
      return move(-1);
    case 'pagedown':
      return move(page);
    case 'pageup':
      return move(-page);
    case 's':
      return [{ ...quiet, selected: 0, sort: sorts[(sorts.indexOf(state.sort) + 1) % sorts.length]! }];
    case '/':
      return [{ ...quiet, mode: { kind: 'typing', what: 'filter', text: state.filter } }];
    case 'escape':
      return [{ ...quiet, filter: '', selected: 0 }];
    case 'b': {
      const jail = ban?.jail ?? view.jails[0]?.name;
      return [{ ...quiet, mode: { kind: 'typing', what: 'ban', text: jail === undefined ? '' : `${jail} ` } }];
    }
    case 'u':
      return [
        ban === undefined ? { ...quiet, message: 'nobody is selected' } : { ...quiet, mode: { kind: 'confirm', ban } },
      ];
    case 'w':
    case 'enter':
      return ban === undefined ? [{ ...quiet, message: 'nobody is selected' }] : [quiet, { kind: 'why', id: ban.id }];
    default:
      return [state];
  }
}

function typing(
  state: State,
  mode: Extract<Mode, { kind: 'typing' }>,
  key: Key,
  _view: unknown,
): readonly [State, Wish?] {
  const { what, text } = mode;
  const typed = (next: string): readonly [State] => [
    {
      ...state,
      // A filter shows at once what it leaves.
      ...(what === 'filter' ? { filter: next, selected: 0 } : {}),
      mode: { ...mode, text: next },
    },
  ];
  const done: State = { ...state, mode: { kind: 'list' } };
  if (key === 'backspace') return typed([...text].slice(0, -1).join(''));
  if (key === 'escape') return [what === 'filter' ? { ...done, filter: '', selected: 0 } : done];
  if (key === 'enter') {
    if (what === 'filter') return [done];
    const [jail, ...ids] = text.trim().split(/\s+/);
    if (jail === undefined || ids.length === 0) return [{ ...done, message: 'write a jail and an address' }];
    return [done, { kind: 'ban', jail, ids }];
  }
  return [...key].length === 1 && text.length < longestText ? typed(text + key) : [state];
}
