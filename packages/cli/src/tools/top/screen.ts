import type { Overview } from '../../daemon/control/verbs/overview.js';
import { printable } from '../../printable.js';
import type { Colours } from '../../render/colours.js';
import { bytes, columns, count, moment, span } from '../../render/figures.js';
import { troublesOf } from '../../render/overview.js';
import { type Ban, type State, shownBans } from './model.js';

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

const mostTroubles = 3;

/** The whole screen: as many lines as it has rows. Lines may be longer than it is wide; the terminal cuts them. */
export function screen(view: Overview, state: State, size: Size, colours: Colours): string[] {
  const { mode } = state;
  const foot = footOf(state, colours);
  const room = Math.max(0, size.rows - foot.length);
  const body =
    mode.kind === 'page' ? mode.lines.slice(mode.from, mode.from + room) : listOf(view, state, room, colours);
  const lines = body.slice(0, room);
  while (lines.length < room) lines.push('');
  return [...lines, ...foot];
}

function listOf(view: Overview, state: State, room: number, colours: Colours): string[] {
  const perMinute = view.jails.reduce((sum, { tally }) => sum + tally.perMinute, 0);
  const banned = view.jails.reduce((sum, jail) => sum + (jail.simulated ? 0 : jail.currentlyBanned), 0);
  const dry = view.dryRun ? '  dry run' : '';
  const head = `f2b ${printable(view.version)}  ${moment(view.now, view.now)}  ${count(view.jails.length, 'jail')}  ${banned} banned  ${perMinute} failures/min${dry}`;
  const troubles = troublesOf(view, colours);
  const hidden = troubles.length - mostTroubles;
  const lines = [colours.bold(head), ...troubles.slice(0, mostTroubles)];
  if (hidden > 0) lines.push(colours.red(`and ${hidden} more: f2b status`));
  // The bans get at least half of what is left.
  const half = Math.max(3, Math.floor((room - lines.length) / 2));
  lines.push('', ...jailLines(view, colours, half - 1));
  const bans = shownBans(view, state);
  lines.push('', ...banLines(bans, view, state, colours, room - lines.length - 1));
  return lines;
}

function jailLines({ jails, sources }: Overview, colours: Colours, most: number): string[] {
  const busiest = [...jails].sort(
    (a, b) => b.tally.perMinute - a.tally.perMinute || b.currentlyBanned - a.currentlyBanned,
  );
  const behind = (name: string) =>
    sources.reduce((sum, source) => sum + (source.jails.includes(name) ? (source.behind ?? 0) : 0), 0);
  const fit = busiest.length > most - 1 ? Math.max(1, most - 2) : busiest.length;
  const rows = busiest
    .slice(0, fit)
    .map((jail) => [
      printable(jail.name),
      jail.simulated ? 'simulated' : jail.state,
      String(jail.tally.perMinute),
      String(jail.currentlyFailed),
      String(jail.currentlyBanned),
      String(jail.totalBanned),
      String(jail.unenforced),
      bytes(behind(jail.name)),
    ]);
  const head = ['JAIL', 'STATE', 'PER MIN', 'FAILING', 'BANNED', 'BANS', 'NOT ENFORCED', 'BEHIND'];
  const table = columns([head, ...rows], new Set([2, 3, 4, 5, 6, 7]));
  const more = busiest.length - fit;
  return [
    colours.dim(table[0]!),
    ...table.slice(1),
    ...(more > 0 ? [colours.dim(`and ${count(more, 'quieter jail')}`)] : []),
  ];
}

function banLines(bans: readonly Ban[], view: Overview, state: State, colours: Colours, most: number): string[] {
  const selected = Math.min(state.selected, Math.max(0, bans.length - 1));
  const room = Math.max(1, most - 1);
  const from = Math.max(0, Math.min(selected - Math.floor(room / 2), bans.length - room));
  const rows = bans
    .slice(from, from + room)
    .map((ban) => [
      printable(ban.id),
      printable(ban.jail) + (ban.simulated ? ' (simulated)' : ''),
      moment(ban.time, view.now),
      leftOf(ban.until as number | null, view.now),
      ban.failures > 0 ? String(ban.failures) : 'by hand',
      String(ban.bancount),
    ]);
  const table = columns([['ADDRESS', 'JAIL', 'SINCE', 'LEFT', 'FAILURES', 'BAN'], ...rows], new Set([4, 5]));
  const head = `${table[0]}   (${bans.length} shown, by ${state.sort}${state.filter === '' ? '' : `, filter: ${printable(state.filter)}`})`;
  const lines = table.slice(1).map((line, at) => (from + at === selected ? `> ${colours.bold(line)}` : `  ${line}`));
  return [`  ${colours.dim(head)}`, ...lines];
}

function leftOf(until: number | null, now: number): string {
  return until === null ? 'for ever' : span(Math.max(0, (until - now) / 1000));
}

function footOf({ mode, message }: State, colours: Colours): string[] {
  const said = printable(message);
  switch (mode.kind) {
    case 'list':
      return [said, colours.dim('q quit  up/down select  s sort  / filter  w why  u unban  b ban')];
    case 'typing':
      return [said, `${mode.what === 'filter' ? 'filter' : 'ban (JAIL IP...)'}: ${printable(mode.text)}_`];
    case 'confirm':
      return [said, colours.bold(`unban ${printable(mode.ban.id)} in ${printable(mode.ban.jail)}? y/n`)];
    case 'page':
      return [said, colours.dim('up/down scroll, any other key: back')];
  }
}
