import type { Bytes, Milliseconds, Seconds } from '@f2b/config';
import type { EngineName } from '@f2b/matcher';
import type { Spread } from './statistics.js';

/** One timed scan of the whole log. */
export interface Round {
  readonly wall: Seconds;
  /** User and system time of all threads. */
  readonly cpu: Seconds;
  readonly lines: number;
  readonly bytes: Bytes;
  /** Lines that a failregex matched. */
  readonly hits: number;
  /** The same by failregex: each line counts for the first that matches. */
  readonly hitsOf: readonly number[];
}

/** Where the time of one thread goes, in seconds for the sample; `rest` is what the whole takes beyond the stages. */
export interface Stages {
  readonly read: Seconds;
  readonly literals: Seconds;
  readonly dates: Seconds;
  /** Expressions that say no. */
  readonly gate: Seconds;
  /** Expressions that match, with their groups. */
  readonly captures: Seconds;
  readonly rest: Seconds;
}

/** What one expression of a filter costs. */
export interface ExpressionCost {
  readonly option: 'prefregex' | 'failregex' | 'ignoreregex';
  /** From 0. */
  readonly index: number;
  readonly source: string;
  readonly engine: EngineName;
  /** The compiled search answers first, and `engine` where its steps run out. */
  readonly compiled: boolean;
  /** Why it got this engine. */
  readonly why: string;
  /** Pieces of which every matching line contains one; undefined: it has to look at every line. */
  readonly literals: readonly string[] | undefined;
  readonly anchored: boolean;
  /** Lines of the whole log that it was the first to match; undefined for what is no failregex. */
  readonly hits: number | undefined;
  /** Lines of the sample that it was tried on. */
  readonly tried: number;
  /** Of the sample's whole time. */
  readonly share: number;
  /** What one line costs that it is tried on. */
  readonly microsecondsPerTry: number | undefined;
  /** What one line of the log costs without the help of literals: tried on every line that prefregex lets through. */
  readonly microsecondsPerLine: number | undefined;
}

/** The second, instrumented look at a filter: one thread, part of the log, apart from the timed rounds. */
export interface Dissection {
  readonly sampleBytes: Bytes;
  readonly sampleLines: number;
  /** Lines of the sample that have the literals. */
  readonly candidates: number;
  /** Seconds of one thread for the sample, everything included. */
  readonly whole: Seconds;
  readonly stages: Stages;
  readonly expressions: readonly ExpressionCost[];
}

/** All figures of one filter. */
export interface FilterResult {
  readonly name: string;
  readonly hits: number;
  readonly linesPerSecond: Spread;
  /** Millions of bytes. */
  readonly megabytesPerSecond: Spread;
  readonly cpuSeconds: Spread;
  readonly peakMemory: Bytes;
  /** To read and compile the filter, the process's start not included. */
  readonly compile: Milliseconds;
  readonly rounds: number;
  /** Times as fast as the first filter. */
  readonly ratio: number;
  /** Times as fast as the first filter's failregex, tried on every line, without literals; where both have it. */
  readonly expressionRatio: number | undefined;
  readonly dissection: Dissection;
  readonly advice: readonly string[];
}

export interface BenchResult {
  readonly log: { readonly name: string; readonly lines: number; readonly bytes: Bytes };
  readonly machine: { readonly cores: number; readonly cpu: string; readonly node: string };
  readonly filters: readonly FilterResult[];
}
