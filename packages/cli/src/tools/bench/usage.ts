/** What `f2b bench -h` says behind the options. */
export const benchNotes = `LOG      a log file; without one, a log is generated
FILTER   a jail, a filter's name (name[mode=aggressive] too), a filter file, or a failregex;
         several are put side by side, the first is the measure of the others

Examples:
    f2b bench /var/log/auth.log sshd
    f2b bench /var/log/asterisk/messages old-asterisk.conf asterisk.conf
    f2b bench --generate sshd --hits 0.5% sshd 'sshd[mode=aggressive]'
`;
