import type { EpochMs } from '@f2b/config';
import { type LogKindName, logKinds, writeGeneratedLog } from 'f2b';
import { type Output, outputNames } from '../outputs.js';
import { writeGatewayLog } from './gateway.js';

/** How one log is to be written. */
export interface LogWish {
  readonly lines: number;
  /** Share of lines that are failures, 0 to 1. */
  readonly hitRate: number;
  readonly until: EpochMs;
}

/** A kind of log that is measured. */
export interface MeasuredLog {
  /** The stock filter that finds its failures. */
  readonly filter: string;
  /** An expression that each of its failures contains, for a program that knows nothing of filters. */
  readonly literals: string;
  readonly outputs: readonly Output[];
  write(file: string, wish: LogWish): void;
}

export const seed = 20_261_123;

const generated = (kind: LogKindName, literals: string, outputs: readonly Output[]): MeasuredLog => ({
  filter: logKinds[kind].filter,
  literals,
  outputs,
  write: (file, wish) => writeGeneratedLog(file, { ...wish, kind, seed }),
});

export const measuredLogs = {
  sshd: generated('sshd', 'Failed password|Invalid user|maximum authentication attempts', outputNames),
  gateway: {
    filter: 'sshd',
    literals: 'Failed password|Invalid user|maximum authentication attempts|not allowed because not listed',
    outputs: outputNames,
    write: (file, wish) => writeGatewayLog(file, { ...wish, seed }),
  },
  asterisk: generated('asterisk', 'handle_request_register: Registration from', ['report', 'row']),
  nginx: generated('nginx', 'password mismatch|was not found in', ['report', 'row']),
} as const satisfies Record<string, MeasuredLog>;

export type MeasuredKind = keyof typeof measuredLogs;
