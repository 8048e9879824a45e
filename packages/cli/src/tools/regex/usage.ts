/** What `f2b regex -h` says behind the options. */
export const regexNotes = `LOG:
  a file                    path of a log file, - for the standard input
  systemd-journal[...]      the journal; in brackets journalpath, journalfiles, namespace
  text                      one log line, or several with newlines between them

FILTER:
  a jail                    its name; its filter and its own options are used, enabled or not
  a filter                  its name or path, options in brackets: 'sshd[mode=aggressive]'
  text                      a failregex

IGNOREREGEX:
  a filter file             path of a filter whose ignoreregex is used
  text                      an ignoreregex
`;
