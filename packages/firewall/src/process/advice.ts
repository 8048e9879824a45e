/** What to do about a program that could not be started, as the end of a sentence; nothing where the code says it all. */
export function startAdvice(code: string): string {
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return ': no file descriptor was left; raise the limit on open files (LimitNOFILE= of the unit, ulimit -n)';
    case 'EAGAIN':
      return ': no further process is allowed; raise TasksMax= of the unit, or find out what leaves processes behind';
    case 'ENOENT':
      return ': the program was not found; install it or add its directory to PATH';
    case 'E2BIG':
      return ': its arguments are too long';
    default:
      return '';
  }
}
