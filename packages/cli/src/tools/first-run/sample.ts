import { readFileSync } from 'node:fs';
import type { EpochMs, Milliseconds } from '@f2b/config';
import { lineTime } from '../../daemon/voice/line-format.js';
import { sampleFile } from '../../places/bundled-sample.js';

/** One line of the bundled sample, before it gets a time stamp. */
export interface SampleLine {
  /** Since the beginning of the sample. */
  readonly at: Milliseconds;
  readonly log: SampleLog;
  readonly text: string;
}

export type SampleLog = 'auth' | 'asterisk';

/** @throws Error for a line that is not `MILLISECONDS LOG TEXT`. */
export function readSample(file: string = sampleFile): SampleLine[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line, index) => {
      const parts = /^(\d+) (auth|asterisk) (.+)$/.exec(line);
      if (!parts) throw new Error(`${file}:${index + 1}: not a line of a sample: ${line}`);
      return { at: Number(parts[1]), log: parts[2] as SampleLog, text: parts[3]! };
    });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The line as the program itself would write it at `time`, in local time: syslog's stamp for sshd, Asterisk's own for Asterisk. */
export function stampLine(line: SampleLine, time: EpochMs): string {
  if (line.log === 'asterisk') return `[${lineTime(time).replace(',', '.')}] ${line.text}\n`;
  const date = new Date(time);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${months[date.getMonth()]} ${String(date.getDate()).padStart(2, ' ')} ${clock.join(':')} ${line.text}\n`;
}
