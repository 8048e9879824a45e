/** What people have printed of a log's failures, as options that `f2b regex` and `fail2ban-regex` have in common. */
export const outputs = {
  /** Neither option nor row: the report, which is what most people type. */
  report: [],
  row: ['-o', 'row'],
  address: ['-o', '<ip>'],
  fields: ['-o', '<fid>|<time>|<F-USER>'],
} as const satisfies Record<string, readonly string[]>;

export type Output = keyof typeof outputs;
export const outputNames = Object.keys(outputs) as Output[];

/** How an output stands in a table: as it is typed. */
export function typed(output: Output): string {
  return output === 'report' ? 'no -o: the report' : outputs[output].join(' ');
}
