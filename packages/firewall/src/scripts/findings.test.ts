import { describe, expect, it } from 'vitest';
import { scriptAction } from '../fixtures/orders.js';
import { doubtfulIn, doubtfulTags } from './findings.js';

const whatOf = (script: string) => doubtfulIn(script, 'x').map(({ what }) => what);

describe('what is said of the places of tags', () => {
  it.each([
    [`sh -c "echo <F-USER>"`, 'becomes text of a program (sh)'],
    [`ssh host "echo <matches>"`, 'becomes text of a program (ssh)'],
    [`ssh host 'echo <matches>'`, `so ssh sees the text \${f2bV_matches}`],
    [`python3 -c 'print("<F-USER>")'`, `so python3 sees the text \${f2bV_F_user}`],
    [`awk '/<F-USER>/' /var/log/x`, 'so awk sees the text'],
    [`sudo sh -c 'echo <F-USER>'`, 'so sh sees the text'],
    [`printf '%s' '<matches>'`, 'so printf sees the text'],
    [`cat <<EOF | mysql\ninsert '<F-USER>'\nEOF`, 'becomes text of a program (mysql)'],
    [`<F-USER>`, 'the name of a command is expected'],
    [`sh -c '<F-USER>'`, 'the name of a command is expected'],
  ])('%s', (script, said) => {
    expect(whatOf(script)).toEqual([expect.stringContaining(said)]);
  });

  it.each([
    `printf '%s\\n' "<matches>" | sendmail root`,
    `logger -t ssh "<F-USER> <ip>"`,
    `sh -c 'echo "<F-USER>"'`,
    `sh -c 'echo "$1"' sh "<F-USER>"`,
    `ssh host "ban <bantime>"`,
    `awk -v user="<F-USER>" 'BEGIN { print user }'`,
    `python3 /usr/local/bin/tell.py "<matches>"`,
    `# it's <matches>\ncurl --data-urlencode "logs=<matches>" https://example.org`,
  ])('nothing is to be said of %s', (script) => {
    expect(whatOf(script)).toEqual([]);
  });

  it('names the action, the option, the line and the column, and a safe form', () => {
    const [finding] = doubtfulTags(scriptAction({ actionban: 'true\nsh -c "echo <F-USER>"' }, {}, 'tell'));
    expect(finding).toMatchObject({ code: 'F2B_ACTION_TAG_PLACE', severity: 'warning' });
    expect(finding!.what).toMatch(/^action tell: actionban, line 2, column 13 of the command: <F-USER> becomes/);
    expect(finding!.advice).toContain(`sh -c 'echo "$1"' sh "<F-USER>"`);
  });
});
