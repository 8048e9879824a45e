import type { Clock, Edges } from '../edges/edges.js';
import type { Question } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Dns } from '../jails/who/dns.js';
import type { Arising } from '../sources/source.js';

/** Questions under way at once: each may start a program or a lookup, and log lines ask them. */
const maxQuestions = 500;

/** Answers what a judge cannot know by itself, outside of the scan, and gives the answer back to it. */
export class Questions {
  readonly #dns: Dns;
  readonly #edges: Pick<Edges, 'ignoreCommand'> & { readonly clock: Clock };
  readonly #problem: (jail: GuardedJail, code: 'F2B_DNS' | 'F2B_IGNORE_COMMAND', what: string) => void;
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    dns: Dns,
    edges: Pick<Edges, 'ignoreCommand'> & { readonly clock: Clock },
    problem: (jail: GuardedJail, code: 'F2B_DNS' | 'F2B_IGNORE_COMMAND', what: string) => void,
  ) {
    this.#dns = dns;
    this.#edges = edges;
    this.#problem = problem;
  }

  /** @param from what the question arose from: it is open until the answer has been judged */
  ask(jail: GuardedJail, question: Question, from?: Arising): void {
    if (this.#underWay.size >= maxQuestions) {
      const what =
        question.kind === 'lookup' ? `name '${question.name}'` : `ignorecommand for ${question.failure.who.id}`;
      const code = question.kind === 'lookup' ? 'F2B_DNS' : 'F2B_IGNORE_COMMAND';
      this.#problem(jail, code, `${maxQuestions} questions are unanswered; not asked: ${what}`);
      // Without an answer an ignorecommand ignores nobody; a name without addresses is nobody.
      if (question.kind === 'ignorecommand')
        jail.apply(jail.judge.answered(question, false, this.#edges.clock.now()), from);
      return;
    }
    const release = from?.hold();
    const answered = this.#answer(jail, question, from).finally(() => {
      this.#underWay.delete(answered);
      release?.();
    });
    this.#underWay.add(answered);
  }

  /** Resolves when all questions so far are answered. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #answer(jail: GuardedJail, question: Question, from: Arising | undefined): Promise<void> {
    const { clock } = this.#edges;
    if (question.kind === 'lookup') {
      const lookup = await this.#dns.lookup(question.name, clock.now());
      if (lookup.kind !== 'addresses') {
        const why = lookup.kind === 'busy' ? 'too many lookups at once' : lookup.why;
        this.#problem(jail, 'F2B_DNS', `Unable to find a corresponding IP address for ${question.name}: ${why}`);
        return;
      }
      jail.apply(jail.judge.resolved(question, lookup.addresses, clock.now()), from);
      return;
    }
    let ignored = false;
    try {
      ignored = await this.#edges.ignoreCommand(jail.settings.ignorecommand?.value ?? '', question.failure);
    } catch (error) {
      this.#problem(jail, 'F2B_IGNORE_COMMAND', error instanceof Error ? error.message : String(error));
    }
    jail.apply(jail.judge.answered(question, ignored, clock.now()), from);
  }
}
