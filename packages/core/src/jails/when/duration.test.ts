import { expect, it } from 'vitest';
import { formatDuration } from './duration.js';

it.each([
  [0, '0'],
  [6, '6s'],
  [12.5, '12.5s'],
  [59, '59s'],
  [61, '1m 1s'],
  [3594, '59m 54s'],
  [3595, '1h'],
  [7199, '2h'],
  [86399, '24h'],
  [604799, '7d'],
  [795600, '1w 2d 5h'],
  [33696000, '1y 3w 4d'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
