import type { Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { Failure } from '../jails/book/failures.js';
import type { Decision, Question } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Dns } from '../jails/who/dns.js';
import type { Arising } from '../sources/source.js';
import type { AskIgnoreCommand } from './ignore-command.js';

/** Names asked for at once: log lines ask them. The runner of ignorecommands has limits of its own. */
const maxNames = 500;
/** The first answers to the names in ignoreip are not waited for any longer. */
const patienceForNames: Milliseconds = 2000;

/** The end waits this long for look-ups of names and for ignorecommands. */
const patienceAtEnd: Milliseconds = 2000;

/** Answers what a judge cannot know by itself, outside of the scan, and gives the answer back to it. */
export class Questions {
  readonly #dns: Dns;
  readonly #edges: { readonly ignoreCommand: AskIgnoreCommand; readonly clock: Clock };
  readonly #problem: (jail: GuardedJail, code: 'F2B_DNS' | 'F2B_IGNORE_COMMAND', what: string) => void;
  readonly #underWay = new Set<Promise<void>>();
  #names = 0;
  #closed = false;

  constructor(
    dns: Dns,
    edges: { readonly ignoreCommand: AskIgnoreCommand; readonly clock: Clock },
    problem: (jail: GuardedJail, code: 'F2B_DNS' | 'F2B_IGNORE_COMMAND', what: string) => void,
  ) {
    this.#dns = dns;
    this.#edges = edges;
    this.#problem = problem;
  }

  /** How many are unanswered. */
  get open(): number {
    return this.#underWay.size;
  }

  /** @param from what the question arose from: it is open until the answer has been judged */
  ask(jail: GuardedJail, question: Question, from?: Arising): void {
    const isName = question.kind !== 'ignorecommand';
    if (question.kind !== 'ignorecommand' && this.#names >= maxNames) {
      jail.apply(this.#unasked(jail, question), from);
      return;
    }
    if (isName) this.#names += 1;
    const release = from?.hold();
    const answered = this.#answer(jail, question)
      .then((decisions) => {
        // What comes after the stop is left open: its lines are read again by the next process.
        if (this.#closed) return;
        jail.apply(decisions, from);
        release?.();
      })
      .finally(() => {
        this.#underWay.delete(answered);
        if (isName) this.#names -= 1;
      });
    this.#underWay.add(answered);
  }

  /** Resolves when all questions so far are answered. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /**
   * Waits for open questions, but not for a name server that does not answer; then no answer is taken any more.
   * @returns how many were left open
   */
  async end(): Promise<number> {
    let callOff = () => {};
    const late = new Promise<void>((resolve) => {
      callOff = this.#edges.clock.after(patienceAtEnd, resolve);
    });
    await Promise.race([this.idle(), late]);
    callOff();
    this.#closed = true;
    return this.open;
  }

  /** A name without addresses is nobody. */
  #unasked(jail: GuardedJail, question: Exclude<Question, { kind: 'ignorecommand' }>): Decision[] {
    if (question.kind === 'names') return jail.judge.named(question, this.#edges.clock.now());
    this.#problem(jail, 'F2B_DNS', `${maxNames} names are unanswered; not asked: name '${question.name}'`);
    return [];
  }

  async #answer(jail: GuardedJail, question: Question): Promise<Decision[]> {
    const { clock } = this.#edges;
    switch (question.kind) {
      case 'lookup': {
        const lookup = await this.#dns.lookup(question.name, clock.now());
        if (lookup.kind === 'addresses') return jail.judge.resolved(question, lookup.addresses, clock.now());
        const why = lookup.kind === 'busy' ? 'too many lookups at once' : lookup.why;
        this.#problem(jail, 'F2B_DNS', `Unable to find a corresponding IP address for ${question.name}: ${why}`);
        return [];
      }
      case 'names':
        await this.#inTime(jail.judge.rules.ignore.namesAnswered(), patienceForNames);
        return jail.judge.named(question, clock.now());
      case 'ignorecommand': {
        const ignored = await this.#isIgnored(jail, question.failure);
        return jail.judge.answered(question, ignored, clock.now());
      }
    }
  }

  async #isIgnored(jail: GuardedJail, failure: Failure): Promise<boolean> {
    const { name, settings, judge } = jail;
    const command = settings.ignorecommand?.value ?? '';
    try {
      return await this.#edges.ignoreCommand(command, failure, { name, bantime: judge.rules.bantime });
    } catch (error) {
      this.#problem(jail, 'F2B_IGNORE_COMMAND', reasonOf(error));
      // One that was asked and said neither yes nor no ignores nobody, which is fail2ban's rule. One that could not be asked
      // protects whom it always protects: a flood of failures must not turn it off.
      return (error as { code?: unknown }).code === 'F2B_IGNORE_COMMAND_SHED';
    }
  }

  #inTime(answer: Promise<void>, patience: Milliseconds): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#edges.clock.after(patience, resolve);
      answer.finally(() => {
        callOff();
        resolve();
      });
    });
  }
}
