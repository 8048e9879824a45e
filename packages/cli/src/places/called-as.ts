import { basename } from 'node:path';

/** Whether f2b was called by one of fail2ban's names (a link to it): then it speaks in fail2ban's words, which scripts look for. */
export function calledAsFail2ban(): boolean {
  return basename(process.argv[1] ?? '').startsWith('fail2ban-');
}
