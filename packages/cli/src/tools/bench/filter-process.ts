/**
 * A process that measures one filter, so that its memory and its CPU time are its own. It is started by `f2b bench` and does one job at a
 * time, when told to; it ends when the one who started it does.
 */
import { reasonOf } from '../../errors.js';
import type { Order, Reply } from './contestant.js';
import { Rounds } from './rounds.js';
import { dissect } from './stages.js';
import { compileSubject } from './subject.js';

let rounds: Rounds | undefined;

async function obey(order: Order): Promise<Reply> {
  switch (order.do) {
    case 'open': {
      const began = performance.now();
      const filter = compileSubject(order.subject);
      rounds = new Rounds(filter, order.log, order.workers);
      return { kind: 'opened', compile: performance.now() - began };
    }
    case 'round': {
      const round = await rounds!.round();
      return { kind: 'round', round, peakMemory: process.resourceUsage().maxRSS * 1024 };
    }
    case 'dissect':
      return { kind: 'dissection', dissection: dissect(rounds!.filter, rounds!.log, order.hitsOf) };
  }
}

process.on('message', (order: Order) => {
  obey(order)
    .catch((error): Reply => ({ kind: 'failed', why: reasonOf(error) }))
    .then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit());
