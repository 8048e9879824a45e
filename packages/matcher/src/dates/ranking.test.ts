import { describe, expect, it } from 'vitest';
import { compileDatepattern, type DateRanking } from './detector.js';

const now = 1_718_452_800_000;
const detector = compileDatepattern(undefined, { thisYear: 2026 });

/** Feeds lines to a ranking; gives what is cut out of the last one. */
function feed(ranking: DateRanking, lines: readonly string[]): string | undefined {
  let cut: string | undefined;
  for (const line of lines) {
    const found = detector.find(line, ranking);
    cut = found === undefined ? undefined : line.slice(found.start, found.end);
  }
  return cut;
}

function fresh(): DateRanking {
  const ranking = detector.newRanking();
  ranking.now = now;
  return ranking;
}

function nameAt(ranking: DateRanking, place: number): string | undefined {
  return detector.templates[ranking.order[place] ?? -1]?.name;
}

const syslog = ['May  1 10:00:00 h a', 'May  1 10:00:01 h b', 'May  1 10:00:01 h c'];
const isoName = detector.templates[0]?.name;
const syslogName = detector.templates[1]?.name;

describe('the ranking of templates', () => {
  it('moves the format of the log to the front', () => {
    const ranking = fresh();
    feed(ranking, syslog);
    expect(nameAt(ranking, 0)).toBe(syslogName);
    feed(ranking, ['2024-05-01 10:00:00 h d']);
    expect(nameAt(ranking, 0)).toBe(syslogName);
    expect(nameAt(ranking, 1)).toBe(isoName);
  });

  it('prefers the date at the line start to one in the message', () => {
    const ranking = fresh();
    feed(ranking, [...syslog, '2024-05-01 10:00:00 h d']);
    expect(feed(ranking, ['May  1 10:00:02 h see 2024-05-01 10:00:00'])).toBe('May  1 10:00:02');
  });

  it('prefers the date further left to a later one of a format seen before', () => {
    const ranking = fresh();
    feed(ranking, [...syslog, '2024-05-01 10:00:00 h d', 'May  1 10:00:02 h see 2024-05-01 10:00:00']);
    const line = '1.1.1.1 - - [01/May/2024:10:00:00 +0000] "GET /?d=2024-05-01 10:00:00"';
    const found = detector.find(line, ranking);
    expect(found?.matchStart).toBe(13);
    expect(line.slice(found?.start, found?.end)).toBe('01/May/2024:10:00:00 +0000');
  });

  it('lets a format in that took the place of one not seen for five minutes', () => {
    const two = compileDatepattern('%Y-%m-%d %H:%M:%S\n%d/%m/%Y %H:%M:%S', { thisYear: 2026 });
    const ranking = two.newRanking();
    ranking.now = now;
    for (let count = 0; count < 5; count++) two.find('2024-05-01 10:00:00', ranking);
    two.find('01/05/2024 10:00:00', ranking);
    expect(ranking.order).toEqual([0, 1]);
    two.find('2024-05-01 10:00:00', ranking);
    ranking.now = now + 300_001;
    two.find('01/05/2024 10:00:00', ranking);
    expect(ranking.order).toEqual([1, 0]);
  });

  it('counts hits by template', () => {
    const ranking = fresh();
    feed(ranking, [...syslog, 'no date here']);
    expect(ranking.hits[1]).toBe(3);
    expect(ranking.hits.reduce((sum, hits) => sum + hits, 0)).toBe(3);
  });

  it('belongs to its owner: a second ranking of the detector sees nothing of the first', () => {
    const first = fresh();
    feed(first, syslog);
    expect(detector.newRanking().hits.every((hits) => hits === 0)).toBe(true);
  });
});
