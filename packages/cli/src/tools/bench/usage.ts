/** What `f2b bench -h` prints. */
export function benchUsage(): string {
  return `Usage: f2b bench [OPTIONS] [LOG] [FILTER...]

Measures filters on a log: lines per second, where the time goes, what each failregex costs.
Several filters are put side by side: the first is the measure of the others.

LOG      a log file; without one, a log is generated
FILTER   a jail, a filter's name (name[mode=aggressive] too), a filter file, or a failregex

Options:
    -g, --generate KIND   generate a log: sshd, asterisk or nginx
    -n, --lines N         lines to generate (500000)
    --hits SHARE          share of attacks among them (0.05, or 5%)
    --seed S              the same seed gives the same log (1)
    -r, --rounds N        timed rounds, after warming up (5)
    --workers N           threads that scan (as many as cores, at most 4)
    -d, --datepattern P   how dates look, for every filter
    -c, --config DIR      configuration directory of jails and filters
    --json                figures for scripts
    -h, --help            this text

Examples:
    f2b bench /var/log/auth.log sshd
    f2b bench /var/log/asterisk/messages old-asterisk.conf asterisk.conf
    f2b bench --generate sshd --hits 0.5% sshd 'sshd[mode=aggressive]'
`;
}
