import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../condition.js';
import { reasonToSkip } from '../requirements.js';
import { knockOf } from '../stored-daemon.js';
import { BothServers } from './both-servers.js';

const cannot = reasonToSkip('fail2ban-server', 'fail2ban-client', 'namespaces');
const both = new BothServers();

const servers = ['fail2ban', 'f2b'] as const;
/** Appends the same to a log of both servers. */
function append(log: string, text: string): void {
  for (const server of servers) appendFileSync(join(both[server], log), text);
}

/** Waits until both say the same, and this. */
async function bothCome(command: readonly string[], to: string): Promise<void> {
  let seen: unknown;
  await eventually(`both to answer ${command.join(' ')} with ${to}`, async () => {
    const answers = await both.ask(command);
    seen = answers;
    return answers.every(({ value }) => value.includes(to));
  }).catch((error) => {
    throw new Error(`${error.message}: ${JSON.stringify(seen)}`);
  });
}

async function bothSet(...words: string[]): Promise<void> {
  const answers = await both.ask(['set', ...words]);
  expect(answers.map(({ code }) => code)).toEqual([0, 0]);
}

/** A line that the jails' filter does not know yet. */
const line = (text: string) => knockOf('x').replace('knock from x', text);

describe.skipIf(cannot)('what is set while the servers run', () => {
  beforeAll(() => both.start(), 120_000);
  afterAll(() => both.stop());

  it('holds from the next line on, and what was counted before still counts', async () => {
    append('one.log', knockOf('203.0.113.1').repeat(2));
    await bothCome(['status', 'one'], "('Total failed', 2)");
    await bothSet('one', 'addfailregex', '^ smell of <HOST>$');
    append('one.log', line('smell of 203.0.113.1'));
    await bothCome(['get', 'one', 'banip'], '203.0.113.1');

    append('one.log', knockOf('203.0.113.2').repeat(2));
    await bothCome(['status', 'one'], "('Total failed', 5)");
    await bothSet('one', 'maxretry', '2');
    append('one.log', knockOf('203.0.113.2'));
    await bothCome(['get', 'one', 'banip'], '203.0.113.2');

    await bothSet('one', 'addignoreregex', 'from 203\\.0\\.113\\.3$');
    await bothSet('one', 'addignoreip', '203.0.113.4');
    append(
      'one.log',
      knockOf('203.0.113.3').repeat(3) + knockOf('203.0.113.4').repeat(3) + knockOf('203.0.113.5').repeat(2),
    );
    await bothCome(['get', 'one', 'banip'], '203.0.113.5');
    const [fail2ban, f2b] = await both.ask(['get', 'one', 'banip']);
    expect(f2b).toEqual(fail2ban);
  });

  it('may be the log: it is read from its beginning, and one that is taken away is read no more', async () => {
    append('spare.log', knockOf('203.0.113.20').repeat(3));
    await bothSet('two', 'addlogpath', 'TREE/spare.log', 'head');
    await bothCome(['get', 'two', 'banip'], '203.0.113.20');
    await bothSet('two', 'dellogpath', 'TREE/spare.log');
    append('spare.log', knockOf('203.0.113.21').repeat(3));
    append('two.log', knockOf('203.0.113.22').repeat(3));
    await bothCome(['get', 'two', 'banip'], '203.0.113.22');
    const [fail2ban, f2b] = await both.ask(['get', 'two', 'banip']);
    expect(f2b).toEqual(fail2ban);
    expect(f2b.value).not.toContain('203.0.113.21');
  });

  it('may be that nothing is read: what is written meanwhile is judged when it goes on', async () => {
    await bothSet('bare', 'addfailregex', '^ knock from <HOST>$');
    append('bare.log', knockOf('203.0.113.30').repeat(2));
    await bothCome(['status', 'bare'], "('Total failed', 2)");
    await bothSet('bare', 'idle', 'on');
    append('bare.log', knockOf('203.0.113.30'));
    append('two.log', knockOf('203.0.113.31').repeat(3));
    await bothCome(['get', 'two', 'banip'], '203.0.113.31');
    expect((await both.ask(['get', 'bare', 'banip'])).map(({ value }) => value)).toEqual(["[]''", "[]''"]);
    await bothSet('bare', 'idle', 'off');
    // The real server does not always notice what was written meanwhile.
    const banned = async () => JSON.stringify(await both.askF2b(['get', 'bare', 'banip']));
    await eventually('f2b to ban', async () => (await banned()).includes('203.0.113.30'));
    expect(JSON.stringify(await both.askF2b(['status', 'bare']))).toContain('["Total failed",3]');
  });

  it('may be what an action does: its next ban is made so, and none is made anew', async () => {
    const acts = (server: (typeof servers)[number]) => join(both[server], 'acts');
    for (const server of servers) appendFileSync(acts(server), '');
    await bothSet('two', 'action', 'note', 'actionban', 'echo changed <ip> >> TREE/acts');
    await bothSet('two', 'banip', '203.0.113.40');
    await eventually('fail2ban to run it', () =>
      readFileSync(acts('fail2ban'), 'utf8').includes('changed 203.0.113.40'),
    );
    // f2b is in a dry run, and says what it would do.
    await eventually('f2b to say it', () =>
      /echo changed 203\.0\.113\.40|changed.*203\.0\.113\.40/.test(readFileSync(join(both.f2b, 'f.log'), 'utf8')),
    );
    expect(readFileSync(acts('fail2ban'), 'utf8').trim().split('\n')).toHaveLength(1);
    expect(readFileSync(join(both.f2b, 'f.log'), 'utf8').match(/echo changed/g)).toHaveLength(1);
  });

  it('is told as a reload has left it', async () => {
    writeFileSync(join(both.f2b, 'fail2ban.local'), '[Definition]\nloglevel = NOTICE\n');
    expect(await both.askF2b(['reload'])).toMatchObject({ ok: true });
    expect(await both.askF2b(['get', 'loglevel'])).toMatchObject({ ok: true, value: 'NOTICE' });
  });
});
