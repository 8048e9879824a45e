import type { Overview } from '../daemon/control/verbs/overview.js';
import { printable } from '../printable.js';
import type { Colours } from './colours.js';
import { bytes, columns, count, moment, span } from './figures.js';

const newestShown = 10;
const unmetShown = 10;
const bannedShown = 1000;

/** `f2b status` for a person: jails, sources and their health, the newest bans, and what is not as it should be first of all. */
export function renderOverview(view: Overview, colours: Colours): string[] {
  const troubles = troublesOf(view, colours);
  const banned = view.jails.reduce((sum, jail) => sum + (jail.simulated ? 0 : jail.currentlyBanned), 0);
  const state = view.ready ? '' : ', starting';
  const dry = view.dryRun ? ' (dry run: the firewall stays as it is)' : '';
  const lines = [
    colours.bold(`f2b ${printable(view.version)}: ${count(view.jails.length, 'jail')}, ${banned} banned${state}${dry}`),
  ];
  if (troubles.length > 0) lines.push('', ...troubles);
  if (view.jails.length > 0) lines.push('', ...jailTable(view, colours));
  if (view.sources.length > 0) lines.push('', ...sourceTable(view, colours));
  const newest = view.newest.slice(0, newestShown);
  if (newest.length > 0) {
    const rows = newest.map((ban) => [
      moment(ban.time, view.now),
      printable(ban.jail),
      printable(ban.id),
      ban.failures > 0 ? count(ban.failures, 'failure') : 'by hand',
      endsIn(ban.until, view.now) + (ban.simulated ? ', simulated' : ''),
    ]);
    lines.push('', colours.dim('Newest bans'), ...columns(rows, new Set()));
  }
  if (view.banned !== undefined && view.banned.length > 0) {
    const more = view.banned.length - bannedShown;
    lines.push('', colours.dim('Banned'), ...view.banned.slice(0, bannedShown).map(printable));
    if (more > 0) lines.push(`and ${more} more`);
  }
  return lines;
}

/** Everything that a person should do something about, or at least know. */
export function troublesOf(view: Overview, { red, yellow }: Colours): string[] {
  const lines: string[] = [];
  const { unmet } = view;
  if (unmet.count > 0) {
    lines.push(red(`${count(unmet.count, 'ban')} not enforced:`));
    for (const { jail, id, actions, why } of unmet.first.slice(0, unmetShown)) {
      const at = actions.length > 0 ? ` at ${actions.join(', ')}` : '';
      lines.push(printable(`  ${jail} ${id}${at}: ${why}`));
    }
    if (unmet.count > unmetShown) lines.push(`  and ${unmet.count - unmetShown} more`);
  }
  for (const { name, tally } of view.jails) {
    // In a dry run nobody is kept out.
    if (tally.leaks === 0 || view.dryRun) continue;
    lines.push(
      red(printable(`${name}: ${count(tally.leaks, 'failure')} of addresses that were banned: the bans do not hold`)),
    );
  }
  for (const { name, state, why } of view.jails) {
    if (state === 'failed') lines.push(red(printable(`${name} does not run: ${why ?? 'it has failed'}`)));
  }
  for (const { name, why } of view.skipped) lines.push(red(printable(`${name} does not run: ${why}`)));
  for (const { state, why } of view.sources) {
    if (why !== undefined) lines.push((state === 'failing' ? red : yellow)(printable(why)));
  }
  if (view.storeTrouble !== undefined)
    lines.push(red(printable(`The database cannot be written: ${view.storeTrouble}`)));
  const { enforcement = 0, orders = 0 } = view.queues ?? {};
  if (orders > 100)
    lines.push(yellow(`${count(orders, 'order')} wait for slow actions; ${count(enforcement, 'ban')} under way`));
  return lines;
}

function jailTable({ jails }: Overview, colours: Colours): string[] {
  const head = ['JAIL', 'STATE', 'FAILED', 'BANNED', 'FOUND', 'BANS', 'PER MIN', 'LIMITS'];
  const rows = jails.map((jail) => [
    printable(jail.name),
    jailState(jail, colours),
    String(jail.currentlyFailed),
    String(jail.currentlyBanned),
    String(jail.totalFailed),
    String(jail.totalBanned),
    String(jail.tally.perMinute),
    jail.maxretry === undefined ? '' : `${jail.maxretry} in ${span(jail.findtime)}, ${span(jail.bantime)}`,
  ]);
  const table = columns([head, ...rows], new Set([2, 3, 4, 5, 6]));
  return [colours.dim(table[0]!), ...table.slice(1)];
}

function jailState({ state, simulated, unenforced }: Overview['jails'][number], colours: Colours): string {
  if (state === 'failed') return colours.red('failed');
  if (state !== 'running') return colours.yellow(state);
  if (unenforced > 0) return colours.red(`${unenforced} not enforced`);
  return simulated ? colours.cyan('simulated') : colours.green('running');
}

function sourceTable({ sources }: Overview, colours: Colours): string[] {
  const head = ['SOURCE', 'STATE', 'LINES', 'MATCHED', 'NOT UNDERSTOOD', 'READ', 'BEHIND', 'JAILS'];
  const rows = sources.map((source) => [
    printable(source.log),
    stateColour(source.state, colours)(source.state),
    String(source.lines),
    String(source.matched),
    String(source.notUnderstood),
    bytes(source.bytes),
    source.behind === undefined ? '' : bytes(source.behind),
    printable(source.jails.join(', ')),
  ]);
  const table = columns([head, ...rows], new Set([2, 3, 4, 5, 6]));
  return [colours.dim(table[0]!), ...table.slice(1)];
}

function stateColour(state: string, { red, yellow, green }: Colours) {
  if (state === 'failing') return red;
  return state === 'following' ? green : yellow;
}

function endsIn(until: number | null, now: number): string {
  if (until === null) return 'for ever';
  return until <= now ? 'over' : `${span((until - now) / 1000)} left`;
}
