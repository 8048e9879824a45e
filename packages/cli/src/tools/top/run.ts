import type { Milliseconds } from '@f2b/config';
import type { Story } from '@f2b/core';
import type { ByHandReply } from '../../daemon/control/verbs/by-hand.js';
import type { Overview } from '../../daemon/control/verbs/overview.js';
import { reasonOf } from '../../errors.js';
import { coloursFor, mayColour } from '../../render/colours.js';
import { renderStory } from '../../render/story.js';
import type { Ask } from '../by-hand/by-hand.js';
import { keysOf } from './keys.js';
import { begin, press, type State, type Wish } from './model.js';
import { screen } from './screen.js';

/** The other screen, no cursor, no wrapping of long lines; and back. */
const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const leave = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/**
 * Shows the running server live on the terminal, until the person has seen enough.
 * @returns the exit code
 * @throws CliError where the server cannot be asked at the beginning; later on it is waited for
 */
export async function runTop(ask: Ask, every: Milliseconds): Promise<number> {
  const { stdin, stdout } = process;
  const colours = coloursFor(mayColour(stdout));
  let view = (await ask(['overview'])) as unknown as Overview;
  let state: State = begin;
  let ended = false;
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = () => {
      ended = true;
      resolve();
    };
  });
  const draw = () => {
    if (ended) return;
    const size = { rows: stdout.rows || 24, columns: stdout.columns || 80 };
    const lines = screen(view, state, size, colours);
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[0m\x1b[K`).join('\r\n')}\x1b[J`);
  };
  const look = async () => {
    try {
      view = (await ask(['overview'])) as unknown as Overview;
    } catch (error) {
      state = { ...state, message: reasonOf(error) };
    }
    draw();
  };
  const grant = async (wish: Exclude<Wish, { kind: 'quit' }>) => {
    try {
      state = await granted(wish, state, ask, colours);
    } catch (error) {
      state = { ...state, message: reasonOf(error) };
    }
    await look();
  };
  const onKeys = (sent: string) => {
    for (const key of keysOf(sent)) {
      const [next, wish] = press(state, key, view);
      state = next;
      if (wish?.kind === 'quit') return end();
      if (wish !== undefined) void grant(wish);
    }
    draw();
  };
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
  for (const signal of signals) process.once(signal, end);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8').on('data', onKeys).once('end', end).resume();
  stdout.on('resize', draw).once('error', end).write(enter);
  let timer: NodeJS.Timeout | undefined;
  const tick = async () => {
    await look();
    if (!ended) timer = setTimeout(() => void tick(), every);
  };
  try {
    draw();
    timer = setTimeout(() => void tick(), every);
    await over;
  } finally {
    clearTimeout(timer);
    stdout.off('resize', draw).write(leave);
    stdin.off('data', onKeys).setRawMode(false);
    stdin.pause();
    for (const signal of signals) process.off(signal, end);
  }
  return 0;
}

async function granted(
  wish: Exclude<Wish, { kind: 'quit' }>,
  state: State,
  ask: Ask,
  colours: ReturnType<typeof coloursFor>,
): Promise<State> {
  switch (wish.kind) {
    case 'why': {
      const story = (await ask(['why', wish.id])) as unknown as Story;
      return { ...state, mode: { kind: 'page', lines: renderStory(story, colours), from: 0 } };
    }
    case 'unban': {
      const { done } = (await ask(['hand-unban', wish.jail, '-', wish.id])) as unknown as ByHandReply;
      return {
        ...state,
        message: done.length > 0 ? `unbanned ${wish.id} in ${wish.jail}` : `${wish.id} was not banned`,
      };
    }
    case 'ban': {
      const reply = (await ask(['hand-ban', wish.jail, '-', ...wish.ids])) as unknown as ByHandReply;
      const parts = [
        ...(reply.done.length > 0 ? [`banned ${reply.done.map(([, id]) => id).join(', ')}`] : []),
        ...(reply.already.length > 0 ? [`banned already: ${reply.already.map(([, id]) => id).join(', ')}`] : []),
        ...(reply.allowed.length > 0 ? [`on the allow list: ${reply.allowed.join(', ')}`] : []),
        ...(reply.invalid.length > 0 ? [`no address: ${reply.invalid.join(', ')}`] : []),
      ];
      return { ...state, message: parts.join('; ') };
    }
  }
}
