import type { Command, Word } from './shell-syntax.js';

/** What a program makes of its arguments and of what it reads. */
interface Interpreter {
  /** `shell`: its program is a shell's, on this host, with our variables in its environment. */
  readonly kind: 'shell' | 'hidden-shell' | 'other' | 'mail';
  /** Options after which the next word is the program. Without any, the first word that is no option is. */
  readonly program?: RegExp;
  /** Every word is program text, not only the first one. */
  readonly all?: boolean;
  /** It runs what it reads on its standard input, `always` or `bare`: where no program is among its words. */
  readonly stdin?: 'always' | 'bare';
  /** Its patterns end with a character that a value may hold otherwise: only letters and digits are safe. */
  readonly delimited?: boolean;
}

const shell: Interpreter = { kind: 'shell', program: /^-[a-z]*c$/, stdin: 'bare' };
/** Runs a shell in which our variables are not set: another host, another login, a cleaned environment. */
const elsewhere: Interpreter = { kind: 'hidden-shell', all: true, stdin: 'bare' };
const asSomebody: Interpreter = { kind: 'shell', all: true, stdin: 'bare' };
const language: Interpreter = { kind: 'other', program: /^-[A-Za-z0-9]*[ceErx]$/, stdin: 'bare' };
const lines: Interpreter = { kind: 'other', all: true, stdin: 'always' };

const interpreters: Readonly<Record<string, Interpreter>> = {
  ...each('sh bash dash ash ksh ksh93 mksh pdksh zsh rbash fish csh tcsh posh yash', shell),
  ...each('ssh rsh dropbear dbclient slogin mosh', elsewhere),
  ...each('su runuser script flock watch batch at parallel entr', asSomebody),
  ...each('eval', { kind: 'shell', all: true }),
  ...each('trap', { kind: 'shell', all: true }),
  ...each(
    'python python2 python3 pypy pypy3 perl ruby node nodejs deno bun php lua luajit tclsh expect guile',
    language,
  ),
  ...each('Rscript R osascript jshell scala groovy pwsh powershell emacs emacsclient gdb', language),
  ...each('awk gawk mawk nawk original-awk', { kind: 'other', program: /^(?:-e|--source)$/ }),
  ...each('sed gsed', { kind: 'other', program: /^(?:-[nEsriuz]*e|--expression)$/, delimited: true }),
  ...each('jq yq xmllint', { kind: 'other' }),
  ...each('mysql mariadb psql sqlite3 sqlite redis-cli mongo mongosh clickhouse-client sqlplus influx cqlsh', lines),
  ...each('nft tc bc dc ed ex vi vim m4 make ftp sftp lftp gnuplot socat crontab nsupdate', lines),
  ...each('ipset iptables-restore ip6tables-restore ebtables-restore', { kind: 'other', stdin: 'always' }),
  ...each('mail mailx Mail s-nail bsd-mailx heirloom-mailx mutt', { kind: 'mail', stdin: 'always' }),
};

/** Programs that run another program, which is among their words. */
const carriers = new Set(
  (
    'sudo doas env exec command builtin nohup nice ionice setsid timeout time stdbuf chroot unshare nsenter ip busybox find xargs ' +
    'taskset chrt strace ltrace systemd-run docker podman lxc-attach kubectl firejail bwrap capsh setpriv setuidgid chpst softlimit ' +
    'proxychains torsocks unbuffer faketime fakeroot coproc run-one logsave sg newgrp pkexec toybox caffeinate'
  ).split(' '),
);
/** Carriers whose first word that is no option names what is run. */
const openCarriers =
  /^(?:sudo|doas|env|exec|command|builtin|nohup|nice|ionice|setsid|timeout|time|stdbuf|chroot|busybox|xargs|pkexec)$/;
/** Carriers that start a program in an environment from which our variables are gone. */
const cleaners = new Set('sudo doas systemd-run docker podman lxc-attach kubectl pkexec'.split(' '));

function each(names: string, interpreter: Interpreter): Record<string, Interpreter> {
  return Object.fromEntries(names.split(' ').map((name) => [name, interpreter]));
}

/** A command that makes a program of a text, and which of its words these texts are. */
export interface ProgramUse {
  readonly name: string;
  readonly kind: Interpreter['kind'];
  readonly delimited: boolean;
  /** Words whose text is a program. */
  readonly programs: readonly Word[];
  /** Words of an evaluating builtin of bash or of an option in front, where a text could be looked at as more than a word. */
  readonly risky: readonly Word[];
  /** Values that this program is given as arguments beside a program text. */
  readonly values: readonly Word[];
  /** It runs what it reads. */
  readonly readsProgram: boolean;
  /** The shell's text runs where `$f2bV_…` is not set. */
  readonly hidden: boolean;
}

/** What a command makes of its words; undefined where it takes them as what they are. */
export function programUse(command: Command): ProgramUse | undefined {
  const { words } = command;
  const first = words[0];
  if (first === undefined) return undefined;
  const own = baseName(first.text);
  if (own === 'alias') {
    return useOf(own, { kind: 'shell' }, { programs: [], risky: words.slice(1), values: [], readsProgram: false });
  }
  const builtin = evaluated(own, words);
  if (builtin !== undefined) return builtin;
  const at = placeOf(words, own);
  if (at === undefined) return undefined;
  const name = baseName(words[at]!.text);
  if (name === '.' || name === 'source') {
    const programs = words.slice(1);
    return useOf(name, { kind: 'shell' }, { programs: [], risky: programs, values: [], readsProgram: true });
  }
  const interpreter = interpreters[name]!;
  const front = words.slice(0, at);
  const cleaned = front.some(
    (word) => cleaners.has(baseName(word.text)) || /^(?:-i|-|-S|--ignore-environment)$/.test(word.text),
  );
  const rest = words.slice(at + 1);
  if (interpreter.kind === 'mail') {
    const safe = rest.some(({ text }) => /^set escape/.test(text));
    return safe ? undefined : useOf(name, interpreter, { programs: [], risky: [], values: rest, readsProgram: true });
  }
  const split = interpreter.all === true ? { programs: rest, values: [] } : divided(rest, interpreter);
  const bare = split.programs.length === 0;
  // What xargs reads becomes words of the program, and with `-I` a part of its text.
  const fed = front.some((word) => baseName(word.text) === 'xargs');
  const readsProgram =
    fed || interpreter.stdin === 'always' || (interpreter.stdin === 'bare' && (bare || interpreter.all === true));
  const login = (name === 'su' || name === 'runuser') && rest.some(({ text }) => /^(?:-|-l|--login)$/.test(text));
  const use = useOf(name, interpreter, { ...split, risky: [], readsProgram });
  return cleaned || login ? { ...use, hidden: true } : use;
}

/** The words that name what is run: the first, and behind `exec`, `sudo` and their like the first that is no option's. */
export function commandNames({ words }: Command): readonly Word[] {
  const [first] = words;
  if (first === undefined) return [];
  if (!openCarriers.test(baseName(first.text))) return [first];
  const behind = words.findIndex(
    ({ text }, index) => index > 0 && !/^-|^\d|^[A-Za-z_]\w*=/.test(text) && !/^-/.test(words[index - 1]!.text),
  );
  return behind < 0 ? [first] : [first, words[behind]!];
}

function useOf(
  name: string,
  { kind, delimited = false }: Interpreter,
  words: Pick<ProgramUse, 'programs' | 'risky' | 'values' | 'readsProgram'>,
): ProgramUse {
  return { name, kind, delimited, ...words, hidden: kind === 'hidden-shell' };
}

/** Where among the words an interpreter stands: in front, or behind a program that runs others. */
function placeOf(words: readonly Word[], own: string): number | undefined {
  const known = (name: string) => Object.hasOwn(interpreters, name) || name === '.' || name === 'source';
  if (known(own)) return 0;
  const carried = carriers.has(own);
  for (let at = 1; at < words.length; at += 1) {
    const name = baseName(words[at]!.text);
    if (!Object.hasOwn(interpreters, name)) continue;
    // A program that nobody has heard of may run others too; `-c` behind a shell's name gives it away.
    if (carried || interpreters[name]!.program?.test(words[at + 1]?.text ?? '') === true) return at;
  }
  return undefined;
}

/** Tells the program's text from the values beside it. */
function divided(words: readonly Word[], { program }: Interpreter): { programs: Word[]; values: Word[] } {
  const programs: Word[] = [];
  const values: Word[] = [];
  let found = false;
  for (const [index, word] of words.entries()) {
    const before = words[index - 1]?.text ?? '';
    const asked = program?.test(before) === true;
    const isOption = /^[-+]/.test(word.text) && !asked;
    // `awk -v name=value`, `jq --arg name value`: this is how a value is handed to them.
    const ofOption = !asked && (/^-[vF]$/.test(before) || /^--arg(?:json)?$/.test(words[index - 2]?.text ?? ''));
    if (asked || (!found && !isOption && !ofOption)) {
      programs.push(word);
      found = true;
    } else if (!found && !ofOption && !word.constant) programs.push(word);
    else values.push(word);
  }
  return { programs, values };
}

/** Builtins of bash that look at a text as an expression or a name, in which a subscript runs commands. */
function evaluated(name: string, words: readonly Word[]): ProgramUse | undefined {
  const risky = (() => {
    if (/^(?:\[\[|let|declare|typeset|unset|read|mapfile|readarray|getopts|wait|\(\()$/.test(name))
      return words.slice(1);
    if (/^(?:export|local|readonly)$/.test(name))
      return words.slice(1).filter(({ text }) => !/^[A-Za-z_]\w*=/.test(text));
    if (/^(?:test|\[|printf)$/.test(name) && words.some(({ text }) => text === '-v')) return words.slice(1);
    return [];
  })();
  if (risky.length === 0) return undefined;
  return useOf(name, { kind: 'other', delimited: true }, { programs: [], risky, values: [], readsProgram: false });
}

function baseName(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
