// What a soak is made of: how long, how fast, and when what befalls the daemon. All times in milliseconds since the beginning.

/**
 * @typedef {{ minutes: number, rate: number, failures: number, bantime: number, seed: number, rotate: number, every: number, logs: string[], out: string | undefined }} Options
 * @typedef {{ at: number, kind: 'kill' | 'restart' | 'reload' }} Blow
 */

export const logNames = ['auth', 'sip', 'web', 'names'];

export const usage = `Usage: npm run soak -- [--minutes 20] [--rate 20000] [--failures 0.5] [--bantime 60] [--seed 1]
         [--rotate 15] [--every 32] [--logs auth,sip,web,names] [--out DIRECTORY]

A generated gateway against a real daemon in network namespaces of its own: logs that rotate in three ways, attackers, names to look up,
reloads, restarts and kills. All along it is checked that each failure is counted once and that the kernel bans whom it should.
  --rate      lines a second, all logs together
  --failures  how many of a hundred lines are an attacker's
  --bantime   seconds
  --rotate    seconds between two rotations of one log
  --every     seconds between two kills or restarts, on average; they come in the middle third only
  --logs      which logs there are: auth and names are renamed by rotation, sip is copied and emptied, web begins files with other names
  --out       where the report and the chart go (else a directory below the system's for temporary files)
`;

/**
 * @param {readonly string[]} words
 * @returns {Options}
 * @throws Error for a word that is no option, or a value that is no number above 0
 */
export function readOptions(words) {
  const options = { minutes: 1, rate: 5000, failures: 0.5, bantime: 60, seed: 1, rotate: 15, every: 32 };
  /** @type {string | undefined} */
  let out;
  let logs = [...logNames];
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]?.replace(/^--/, '') ?? '';
    const value = words[at + 1];
    if (value === undefined) throw new Error(`${words[at]} needs a value`);
    if (name === 'out') out = value;
    else if (name === 'logs' && value.split(',').every((one) => logNames.includes(one))) logs = value.split(',');
    else if (Object.hasOwn(options, name) && Number(value) > 0) options[name] = Number(value);
    else throw new Error(`${words[at]} ${value} is no option of the soak`);
  }
  return { ...options, logs, out };
}

/** A generator with a seed: the same soak again is the same soak. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Kills and restarts come in the middle third only, so that the thirds before and after show how memory goes when nothing happens
 * but traffic; reloads come all along.
 * @param {Pick<Options, 'minutes' | 'every'>} options
 * @param {() => number} random
 * @returns {Blow[]} in their order
 */
export function blowsOf({ minutes, every }, random) {
  const whole = minutes * 60_000;
  /** @type {Blow[]} */
  const blows = [];
  let kills = 0;
  for (let at = whole / 3; at < (whole * 2) / 3; at += every * 1000 * (0.4 + random() * 1.2)) {
    blows.push({ at, kind: ++kills % 4 === 0 ? 'restart' : 'kill' });
  }
  for (let at = Math.min(20_000, whole / 4); at < whole - 5000; at += 45_000) blows.push({ at, kind: 'reload' });
  return blows.sort((a, b) => a.at - b.at);
}

/** @param {number} number @returns the address of an attacker, by number */
export function addressOf(number) {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
