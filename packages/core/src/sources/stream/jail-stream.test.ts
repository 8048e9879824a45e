import { describe, expect, it } from 'vitest';
import { jailStream } from './jail-stream.js';

const of = (backend: string, ...logpaths: string[]) =>
  jailStream({
    backend: { value: backend, origin: undefined },
    logpaths: logpaths.map((pattern) => ({ pattern, files: [], from: 'tail', origin: undefined })),
  });

describe('what a jail reads that is no file', () => {
  it.each([
    ['command[run="kubectl logs -f deploy/web"]', ['kubectl', 'logs', '-f', 'deploy/web']],
    [`command[run="ssh gate 'tail -F /var/log/auth.log' now"]`, ['ssh', 'gate', 'tail -F /var/log/auth.log', 'now']],
    [`command[run='a "b  c"d e=""']`, ['a', 'b  cd', 'e=']],
    [`command[run="a '' b"]`, ['a', '', 'b']],
    ['command[run=logread]', ['logread']],
    ['command[shell="cat a | sort"]', ['/bin/sh', '-c', 'cat a | sort']],
  ])('is the command of %s', (backend, command) => {
    expect(of(backend)?.command).toEqual(command);
  });

  it('is the standard input for logpath = -, and nothing for files and the journal', () => {
    expect(of('auto', '/var/log/a', '-')).toEqual({ name: '-', command: undefined });
    expect(of('auto', '/var/log/a')).toBeUndefined();
    expect(of('systemd[journalflags=1]')).toBeUndefined();
  });

  it.each([
    ['command', /either run=.* or shell=/],
    ['command[run=]', /either run=.* or shell=/],
    ['command[run=a, shell=b]', /either run=.* or shell=/],
    ['command[runs=a]', /no option 'runs'/],
    ['command[run="a | b"]', /without a shell, which '\|' is for; write shell=/],
    ['command[run="echo $HOME"]', /without a shell, which '\$HOME' is for/],
    ['command[run="cat /var/log/*.log"]', /without a shell/],
    [`command[run="echo 'x"]`, /a quote \('\) has no end/],
  ])('is refused as %s', (backend, why) => {
    expect(() => of(backend)).toThrow(why);
  });
});
