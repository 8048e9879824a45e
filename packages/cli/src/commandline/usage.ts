/** What `f2b -h` prints. */
export function usageText(version: string): string {
  return `Usage: f2b [OPTIONS] COMMAND

f2b ${version} reads this host's logs and bans who attacks it. It takes fail2ban-client's
options and reads fail2ban's configuration.

Commands:
    start                    start the server and its jails (in the background; -f stays)
    stop                     stop all jails and the server
    status [JAIL]            what the server, or one jail, is doing
    ping [SECONDS]           is the server alive?
    version                  the server's version
    config show JAIL [KEY]   each setting, the place that set it, and what that place overrode (--json)
    config check             what is wrong with the configuration, where, and what to do (--json)
    regex LOG FILTER         tries a filter or an expression out on a log (regex -h)
    explain JAIL LINE        a line's way through a filter, and how far each expression got (explain -h)
    bench [LOG] [FILTER...]  how fast filters are on a log, and why (bench -h)
    watch [JAIL...]          a line for each failure, ban and unban, as they happen (--json)
    flushlogs                reopen the log file, after a rotation

Options:
    -c, --conf DIR           configuration directory
                             (else /etc/f2b, else /etc/fail2ban, else the built-in default)
    -s, --socket FILE        control socket
    -p, --pidfile FILE       pid file
    --pname NAME             name of the process
    --loglevel LEVEL         CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG, TRACEDEBUG, HEAVYDEBUG
    --logtarget TARGET       a file name, STDOUT, STDERR, SYSOUT or SYSLOG
    --syslogsocket auto|FILE socket of the system's log
    -d, --dp                 print the configuration as fail2ban's commands, and end (--dp: long ones broken)
    -t, --test               test the configuration, expressions too; with a COMMAND, run it if all is well
    --str2sec TIME           print a time such as 1d12h in seconds, and end
    -f                       stay in the foreground
    -b                       run in the background (default)
    -x                       take over a socket file that is in the way
    --async                  do not wait until the server is ready
    --timeout SECONDS        how long to wait for the server's answer
    --dry-run                change nothing in the firewall, print what would be changed
    --enforce                change the firewall (default of \`start\` for root)
    -v, -q                   say more, say less (may be repeated)
    -h, --help               this text
    -V, --version            the version (-V: the number alone)
`;
}
