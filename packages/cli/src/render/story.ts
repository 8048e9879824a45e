import type { Story } from '@f2b/core';
import { printable } from '../printable.js';
import type { Colours } from './colours.js';
import { count, moment, span } from './figures.js';

type Standing = Story['jails'][number];
type Event = Story['remembered']['occurrences'][number];

/** `f2b why ID` for a person. All text of log lines is made printable. */
export function renderStory(story: Story, colours: Colours): string[] {
  const { id, now, jails, remembered } = story;
  const lines: string[] = [colours.bold(printable(id))];
  const touched = jails.filter((jail) => isTouched(jail, remembered.occurrences));
  for (const one of touched) lines.push('', ...standing(one, now, colours));
  const others = jails.filter((jail) => !touched.includes(jail));
  if (others.length > 0) {
    const names = printable(others.map(({ jail }) => jail).join(', '));
    lines.push('', touched.length === 0 ? `No jail knows anything of it (${names}).` : `Nothing known in: ${names}`);
  }
  if (remembered.occurrences.length > 0) {
    lines.push('', colours.dim('What happened since f2b was started'));
    if (remembered.forgotten > 0)
      lines.push(colours.dim(`(${count(remembered.forgotten, 'earlier event')} not remembered)`));
    for (const event of remembered.occurrences) lines.push(...happened(event, now, colours));
  }
  return lines;
}

/** One sentence on how somebody stands with a jail: `3 of 5 failures; 2 more within 9 min until banned for 10 min`. */
export function outlookWords({ outlook, simulated }: Standing, now: number): string {
  const { ignored, ban, counted, maxretry, missing, forgottenAt, nextBantime, findtime } = outlook;
  const would = simulated ? 'simulated: would be ' : '';
  const until = nextBantime < 0 ? 'banned for ever' : `banned for ${span(nextBantime)}`;
  if (ban !== undefined) {
    return ban.until === null || !Number.isFinite(ban.until)
      ? `${would}banned for ever`
      : `${would}banned for another ${span((ban.until - now) / 1000)}; a failure now may put the end off`;
  }
  if (ignored !== undefined) return `ignored (${ignored}): the next failure is not counted`;
  const within = span(forgottenAt === undefined ? findtime : Math.max(0, (forgottenAt - now) / 1000));
  if (missing <= 1) return `${counted} of ${maxretry} failures; the next one within ${within}: ${would}${until}`;
  return `${counted} of ${maxretry} failures; ${missing} more within ${within} until ${would}${until}`;
}

function isTouched({ jail, outlook }: Standing, events: readonly Event[]): boolean {
  const { ban, counted, ignored, bancount } = outlook;
  return (
    ban !== undefined || counted > 0 || ignored !== undefined || bancount > 0 || events.some((one) => one.jail === jail)
  );
}

function standing(one: Standing, now: number, colours: Colours): string[] {
  const { jail, outlook } = one;
  const { ban, ignored, lines: counted, bancount, lastBan } = outlook;
  const paint = ban !== undefined ? colours.red : ignored !== undefined ? colours.cyan : colours.yellow;
  const lines = [`${colours.bold(printable(jail))}: ${paint(printable(outlookWords(one, now)))}`];
  if (ban !== undefined) {
    lines.push(`  ban ${ban.bancount}, since ${moment(ban.since, now)}, for ${count(ban.failures, 'failure')}`);
  } else if (bancount > 0 && lastBan !== undefined) {
    lines.push(`  ${count(bancount, 'earlier ban')}, the last at ${moment(lastBan, now)}`);
  }
  for (const line of ban?.lines ?? counted) lines.push(`  ${colours.dim('|')} ${printable(line.trimEnd())}`);
  return lines;
}

function happened(event: Event, now: number, colours: Colours): string[] {
  const at = `${colours.dim(moment(event.at, now))}  ${printable(event.jail)}  `;
  const [first, ...more] = whatHappened(event, now, colours);
  return [at + first, ...more.map((line) => `  ${colours.dim('|')} ${line}`)];
}

function whatHappened(event: Event, now: number, { red, green, yellow, cyan }: Colours): string[] {
  switch (event.kind) {
    case 'found': {
      const weight = event.weight === 1 ? '' : `, counted as ${event.weight}`;
      const lag = Math.abs(event.at - event.time) > 2000 ? ` of ${moment(event.time, now)}` : '';
      return [`${yellow('failure')}${lag}${weight}`, ...event.lines.map((line) => printable(line.trimEnd()))];
    }
    case 'ignored':
      return [cyan(printable(`ignored by ${event.by}`))];
    case 'ban': {
      const what = event.simulated ? 'would be banned' : event.restored ? 'banned again after a restart' : 'banned';
      const by = event.failures === 0 ? 'by hand' : `after ${count(event.failures, 'failure')}`;
      const which = event.bancount > 1 ? `, ban ${event.bancount}` : '';
      return [`${red(what)} ${by}${which}, ${untilWhen(event.until, now)}`];
    }
    case 'prolonged':
      return [`${red('ban prolonged')}, ${untilWhen(event.until, now)}`];
    case 'enforced':
      return ['enforced: every action has carried the ban out'];
    case 'refused':
      return [red(printable(`not enforced: ${event.action === '' ? '' : `action ${event.action}: `}${event.why}`))];
    case 'unban':
      return [green(endings[event.why])];
  }
}

const endings = {
  ended: 'unbanned: its time was over',
  lifted: 'unbanned by hand',
  repealed: 'no longer enforced: the jail stopped',
};

function untilWhen(until: number | null, now: number): string {
  return until === null ? 'for ever' : `until ${moment(until, now)}`;
}
