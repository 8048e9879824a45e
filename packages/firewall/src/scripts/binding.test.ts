import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { bindScript, readScript } from './binding.js';

const directory = mkdtempSync(join(tmpdir(), 'f2b-script-'));
afterAll(() => rmSync(directory, { recursive: true }));
const canary = join(directory, 'canary');
/** A program whose name holds no character that anybody would take out. */
const evil = join(directory, 'evil');
writeFileSync(evil, `#!/bin/sh\n: > ${canary}\n`, { mode: 0o755 });

const shells = ['/bin/sh', '/bin/bash'].filter((shell) => existsSync(shell));

function bind(source: string, values: Record<string, string>) {
  return bindScript(readScript(source), (tag) => (Object.hasOwn(values, tag) ? values[tag] : undefined));
}

/** Runs a script as the runner does, in an empty directory, and answers what it printed. */
function run(source: string, values: Record<string, string>, shell = '/bin/sh'): string {
  const { script, values: passed } = bind(source, values);
  return execFileSync(shell, ['-c', script, ...passed], { encoding: 'utf8', cwd: directory, stdio: 'pipe' });
}

describe('filling a script in', () => {
  it('puts harmless values in as they are, makes others variables that stay one word, and leaves unknown tags', () => {
    const values = { ip: '1.2.3.4', matches: 'a "b" $(id)\nc', 'F-USER': 'al`id`', 'F-PORT': '2222', 'F-NONE': '' };
    expect(bind('ban <ip> "<matches>" <F-USER> <F-PORT> <F-NONE> <nope> <matches>', values)).toEqual({
      script: `f2bV_matches=$0 f2bV_F_user=$1 \nban 1.2.3.4 "\${f2bV_matches}" "\${f2bV_F_user}" 2222  <nope> "\${f2bV_matches}"`,
      values: ['a "b" $(id)\nc', 'al`id`'],
    });
  });

  it('never looks at a value for tags again', () => {
    expect(bind('echo <matches>', { matches: '<ip>', ip: '1.2.3.4' })).toEqual({
      script: `f2bV_matches=$0 \necho "\${f2bV_matches}"`,
      values: ['<ip>'],
    });
  });

  it('keeps a letter behind a tag apart from its variable', () => {
    expect(run('echo "<F-USER>_x" <F-USER>_y', { 'F-USER': 'a b' })).toBe('a b_x a b_y\n');
  });

  it('hands a variable on to a shell inside, and leaves it alone for other programs', () => {
    expect(bind(`sh -c 'echo <F-USER>'`, { 'F-USER': 'a b' })).toEqual({
      script: `f2bV_F_user=$0 \nexport f2bV_F_user\nsh -c 'echo "\${f2bV_F_user}"'`,
      values: ['a b'],
    });
    expect(bind(`printf '%s' '<F-USER>'`, { 'F-USER': 'a b' }).script).toContain(`printf '%s' '\${f2bV_F_user}'`);
    expect(bind(`awk '/<ip>/'`, { ip: '192.0.2.1' }).script).toBe("awk '/192.0.2.1/'");
  });

  it('keeps the numbers of more than ten values apart', () => {
    const names = Array.from({ length: 12 }, (_, index) => `F-G${String.fromCharCode(65 + index)}`);
    const values = Object.fromEntries(names.map((name) => [name, `${name} *`]));
    expect(run(`printf '%s\\n' ${names.map((name) => `"<${name}>"`).join(' ')}`, values)).toBe(
      `${names.map((name) => `${name} *`).join('\n')}\n`,
    );
  });

  it('gives two tags whose names differ only in odd characters a variable each', () => {
    expect(run(`printf '%s,%s' "<F-A_B>" "<F-A-B>"`, { 'F-A_B': '1 *', 'F-A-B': '2 *' })).toBe('1 *,2 *');
  });

  it('leaves a value as it is beside arithmetic that has nothing to do with it', () => {
    expect(run('who="<F-USER>"; n=1; n=$((n + 1)); echo "$who $n"', { 'F-USER': 'a [b]' })).toBe('a [b] 2\n');
  });

  it('does not study what no kernel runs, and answers for a depth that no stack holds', () => {
    const long = `sh -c "echo <F-USER>" | `.repeat(20_000);
    expect(bind(`${long}cat`, { 'F-USER': 'a;b' }).script).toContain('echo a_b');
    const deep = `echo ${'$(echo '.repeat(10_000)}<F-USER>${')'.repeat(10_000)}`;
    expect(bind(deep, { 'F-USER': 'a;b' }).script).toContain('echo a_b)');
  });

  it('does not study a script of more commands than anybody writes: no value arrives as it is', () => {
    const commands = (count: number) => `${'true | '.repeat(count)}cat "<F-USER>"`;
    expect(bind(commands(100), { 'F-USER': 'a;b' }).values).toEqual(['a;b']);
    expect(bind(commands(1200), { 'F-USER': 'a;b' })).toEqual({
      script: `${'true | '.repeat(1200)}cat "a_b"`,
      values: [],
    });
    expect(bind(`sh -c '${commands(1200)}'`, { 'F-USER': 'a;b' }).script).toContain('cat "a_b"');
  });

  it('drops NUL bytes, and keeps the end of what is longer than an argument may be', () => {
    const { values } = bind('echo <matches>', { matches: `${'ä'.repeat(100_000)}\0 the newest line` });
    expect(Buffer.byteLength(values[0]!)).toBeLessThanOrEqual(96 * 1024);
    expect(values[0]!.startsWith('ä')).toBe(true);
    expect(values[0]!.endsWith('ä the newest line')).toBe(true);
  });

  const places = [
    `printf '%s|' "<matches>"`,
    `printf '%s|' <matches>`,
    `x=<matches>; printf '%s|' "$x"`,
    `printf '%s|' "$(printf '%s|' "<matches>" | cut -c1-)" | sed 's/|$//'`,
    `sh -c 'printf "%s|" <matches>'`,
    `sh -c 'printf "%s|" "<matches>"'`,
    `sh -c 'sh -c '\\''printf "%s|" "<matches>"'\\'''`,
    `sh -c 'printf "%s|" "$1"' sh "<matches>"`,
    `eval 'printf "%s|" "<matches>"'`,
    `sh <<'EOF'\nprintf '%s|' "<matches>"\nEOF`,
    `cat <<EOF\n<matches>|\nEOF`,
    `# don't\nprintf '%s|' "<matches>"`,
    `cat > /dev/null <<EOF\ndon't\nEOF\nprintf '%s|' "<matches>"`,
    `if true; then ( printf '%s|' "<matches>" ); fi`,
    `case <matches> in x) echo no;; *) printf '%s|' "<matches>";; esac`,
    `f() { printf '%s|' "$1"; }; f "<matches>"`,
    `awk -v t=1 'BEGIN { printf "%s|", ARGV[1] }' "<matches>"`,
    `printf '%s|' "\`printf '%s|' "<matches>"\`" | sed 's/|$//'`,
    `{ printf '%s|' "<matches>"; } | cat`,
  ];

  it('gives a plain command exactly what the log line holds, in every kind of quotes', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'$(){}[]`\'"\\|&;<>*?~#! \tab/-=%'), maxLength: 40 }),
    );
    for (const shell of shells) {
      for (const place of places) {
        fc.assert(
          fc.property(hostile, (text) => {
            // Command substitution drops newlines at the end, whatever the value.
            const value = Buffer.from(text.replaceAll('\0', '').replace(/\n+/g, '')).toString();
            expect(run(place, { matches: value }, shell).replace(/\n$/, '')).toBe(`${value}|`);
          }),
          { numRuns: 6, examples: [["it's $(id) `id` \"x\" \\ * ~ 'y'"], ['a\nb'], ['-n'], ['é‘’\u{1f600}']] },
        );
      }
    }
  });

  it('every byte arrives', () => {
    const bytes = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join('');
    expect(run(`printf '%s' "<matches>"; sh -c 'printf "%s" "<matches>"'`, { matches: `${bytes}.` })).toBe(
      `${bytes}.${bytes}.`,
    );
  });
});

describe('whatever a log line holds, nothing of it is run', () => {
  const everyByte = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join('');
  /** What a shell would take for more than a word; those in front are tried with every shell there is. */
  const lines = [
    `$(touch ${canary}) \`touch ${canary}\``,
    `a[$(touch ${canary})]`,
    `'; touch ${canary}; '`,
    `"; touch ${canary}; "`,
    `\ntouch ${canary}\n`,
    evil,
    `touch ${canary}`,
    `x touch ${canary}`,
    `x ${evil}`,
    `;${evil}`,
    `| ${evil} & ${evil} ) ${evil} ( ${evil}`,
    `;; esac; touch ${canary}; #`,
    `\\'; touch ${canary}; \\' EOF\nEOF\ntouch ${canary}\nEOF`,
    `\${x:=$(touch ${canary})} 1)); touch ${canary}; ((1`,
    `x/e${evil}`,
    `") or __import__("os").system("touch ${canary}") or ("`,
    `') or __import__("os").system("touch ${canary}") or ('`,
    `"; system("touch ${canary}"); "'; system("touch ${canary}"); '`,
    everyByte,
  ];
  const scripts = [
    `echo <F-USER>`,
    `<F-USER>`,
    `<F-USER> x`,
    `x=1 <F-USER>`,
    `true && <F-USER>`,
    `! <F-USER>`,
    `who=<F-USER>; echo $who`,
    `env who=<F-USER> true`,
    `sudo <F-USER>`,
    `sh -c 'echo <F-USER>'`,
    `sh -c '<F-USER>'`,
    `sh -c "<F-USER>"`,
    `sh -c <F-USER>`,
    `sh -c \\<F-USER>`,
    `sh -ec "echo <F-USER>"`,
    `sh -c "who=<F-USER>; echo x"`,
    `sh -c "true; <F-USER>"`,
    `sh -c 'who=<F-USER>; eval "echo $who"'`,
    `sh -c 'sh -c "echo <F-USER>"'`,
    `sh -c "sh -c 'echo <F-USER>'"`,
    `sh -c "sh -c \\"echo <F-USER>\\""`,
    `sh -c 'sh -c "sh -c \\"echo <F-USER>\\""'`,
    `sh -c 'sh -c '\\''sh -c "echo <F-USER>"'\\'''`,
    `bash -c "echo <F-USER>"`,
    `bash -c 'echo <F-USER>'`,
    `bash -c 'echo $(( <F-USER> ))'`,
    `bash -c '[[ <F-USER> -eq 1 ]]'`,
    `bash -c 'declare <F-USER>'`,
    `bash <<< "echo <F-USER>"`,
    `echo $(( <F-USER> ))`,
    `echo "\${x:-<F-USER>}"`,
    `echo \${x:-"<F-USER>"}`,
    `eval "echo <F-USER>"`,
    `eval echo <F-USER>`,
    `eval <F-USER>`,
    `eval "$(echo "echo <F-USER>")"`,
    `x="<F-USER>"; eval "echo $x"`,
    `x="<F-USER>"; sh -c "echo $x"`,
    `x="<F-USER>"; $x`,
    `set -- "<F-USER>"; "$@"`,
    `set -- sh -c "<F-USER>"; "$@"`,
    `f() { eval "echo $1"; }; f "<F-USER>"`,
    `for x in "<F-USER>"; do sh -c "echo $x"; done`,
    `echo "<F-USER>" | while read -r x; do eval "echo $x"; done`,
    `echo "echo <F-USER>" | sh`,
    `echo "<F-USER>" | sh`,
    `printf '%s\\n' "<F-USER>" | tee /dev/null | sh -s`,
    `{ echo "<F-USER>"; } | sh`,
    `( echo "<F-USER>" ) | sh`,
    `for x in 1; do echo "<F-USER>"; done | sh`,
    `echo "<F-USER>" | { cat | sh; }`,
    `{ sh; } <<EOF\necho <F-USER>\nEOF`,
    `( cat | sh ) <<EOF\necho <F-USER>\nEOF`,
    `echo "<F-USER>" | xargs sh -c`,
    `echo "<F-USER>" | xargs -I{} sh -c 'echo {}'`,
    `echo x | xargs sh -c "echo <F-USER>"`,
    `echo x | xargs sh -c 'echo <F-USER>'`,
    `sh <<EOF\necho <F-USER>\nEOF`,
    `sh <<'EOF'\necho <F-USER>\nEOF`,
    `sh <<-EOF\n\techo <F-USER>\n\tEOF`,
    `cat <<EOF | sh\necho <F-USER>\nEOF`,
    `sh <<EOF\n$(echo "<F-USER>")\nEOF`,
    `. /dev/stdin <<EOF\necho <F-USER>\nEOF`,
    `echo "echo <F-USER>" > ${directory}/made; sh ${directory}/made`,
    `echo "echo <F-USER>" > ${directory}/made; . ${directory}/made`,
    `trap "echo <F-USER>" EXIT`,
    `trap 'echo <F-USER>' EXIT`,
    `env sh -c "echo <F-USER>"`,
    `timeout 5 sh -c "echo <F-USER>"`,
    `nohup nice sh -c "echo <F-USER>"`,
    `find ${directory} -maxdepth 0 -exec sh -c "echo <F-USER>" \\;`,
    `find ${directory} -maxdepth 0 -exec sh -c 'echo <F-USER>' \\;`,
    `echo \`sh -c "echo <F-USER>"\``,
    `echo "\`echo \\"<F-USER>\\"\`"`,
    `echo "$(sh -c "echo <F-USER>")"`,
    `case "<F-USER>" in <F-USER>) sh -c "echo <F-USER>";; esac`,
    `echo $'it\\'s <F-USER>'; echo "<F-USER>"`,
    `# it's\nsh -c "echo <F-USER>"`,
    `cat <<EOF > /dev/null\nit's\nEOF\nsh -c "echo <F-USER>"`,
    `perl -e "print '<F-USER>'"`,
    `perl -e 'print "<F-USER>"'`,
    `perl -e "print <F-USER>"`,
    `echo "print '<F-USER>'" | perl`,
    `python3 -c "print('<F-USER>')"`,
    `python3 -c 'print("<F-USER>")'`,
    `awk "BEGIN { print \\"<F-USER>\\" }"`,
    `awk 'BEGIN { print "<F-USER>" }'`,
    `x="<F-USER>"; awk "BEGIN { print \\"$x\\" }"`,
    `echo x | sed "s/x/<F-USER>/"`,
    `echo x | sed "/<F-USER>/d"`,
    `make -f /dev/null "x=<F-USER>" 2>/dev/null; true`,
    `exec 3<<EOF\necho <F-USER>\nEOF\nsh <&3`,
    `su root -s /bin/sh -c "echo <F-USER>"`,
    `su root -s /bin/sh -c 'echo <F-USER>'`,
    `setsid sh -c "echo <F-USER>"`,
    `unknown-program-of-ours sh -c "echo <F-USER>"`,
    `alias ll="<F-USER>"\nll`,
    `x="<F-USER>"; env $x`,
    `"<F-USER>"`,
    `\\<F-USER>`,
    `command <F-USER>`,
    `exec <F-USER>`,
    `n="<F-USER>"; echo $((n + 1))`,
    `n=<F-USER>; m=$n; (( m > 3 )) && echo x`,
    `n="<F-USER>"; let "x = n + 1"`,
    `n="<F-USER>"; [[ $n -gt 3 ]]`,
    `n=$(echo "<F-USER>"); echo $[n]`,
    `declare -i n; n="<F-USER>"`,
    `a[<F-USER>]=1`,
    `i="<F-USER>"; a[$i]=1`,
    `a=(1 2 3); i="<F-USER>"; echo "\${a[$i]}"`,
    `x=abc; i="<F-USER>"; echo "\${x:$i}"`,
    `x="<F-USER>"; echo "\${!x}"`,
    `x="<F-USER>"; echo "\${x@P}"`,
    `read n <<< "<F-USER>"; echo $((n))`,
    `echo "<F-USER>" | while read n; do echo $((n)); done`,
    `while read n; do echo $((n)); done <<EOF\n<F-USER>\nEOF`,
    `mapfile -t n < <(echo "<F-USER>"); echo $((n))`,
    `f() { local n=$1; echo $((n)); }; f "<F-USER>"`,
    `set -- "<F-USER>"; echo $(($1))`,
    `for n in "<F-USER>"; do echo $((n)); done`,
    `printf -v n %s "<F-USER>"; echo $((n))`,
    `bash -c 'n=<F-USER>; echo $((n))'`,
    `bash -c 'echo $(($1))' x "<F-USER>"`,
    `A="<F-USER>" bash -c '((A > 1))'`,
  ];

  it.each(scripts)('%s', (source) => {
    const script = readScript(source);
    // Starting Python takes long, and it reads nothing as a shell does.
    const tried = source.includes('python') ? lines.filter((line) => line.includes('__import__')) : lines;
    for (const shell of shells) {
      for (const line of shell === '/bin/sh' ? tried : tried.slice(0, 4)) {
        const { script: text, values } = bindScript(script, () => line);
        spawnSync(shell, ['-c', text, ...values], { cwd: directory, stdio: 'ignore', timeout: 10_000 });
        if (existsSync(canary)) {
          rmSync(canary);
          expect.fail(`${shell} ran a part of ${JSON.stringify(line)} in: ${text}`);
        }
      }
    }
  });
});
