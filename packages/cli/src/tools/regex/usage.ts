import { regexOptions } from './options.js';

/** What `f2b regex -h` prints. */
export function regexUsage(): string {
  const rows = regexOptions.map(({ names, value, says }) => {
    const left = names.map((name) => (value === undefined ? name : `${name} ${value}`)).join(', ');
    return left.length > 24 ? `  ${left}\n${' '.repeat(28)}${says}` : `  ${left.padEnd(26)}${says}`;
  });
  return `Usage: f2b regex [OPTIONS] LOG REGEX [IGNOREREGEX]

Tries a filter or a regular expression out on a log, without banning anybody.

LOG:
  a file                    path of a log file, - for the standard input
  systemd-journal[...]      the journal; in brackets journalpath, journalfiles, namespace
  text                      one log line, or several with newlines between them

REGEX:
  a jail                    its name; its filter and its own options are used, enabled or not
  a filter                  its name or path, options in brackets: 'sshd[mode=aggressive]'
  text                      a failregex

IGNOREREGEX:
  a filter file             path of a filter whose ignoreregex is used
  text                      an ignoreregex

Options:
${rows.join('\n')}
`;
}
