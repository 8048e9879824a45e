import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { offendingIps, order, recordVoice, scriptAction } from '../fixtures/orders.js';
import { makeScratch, type Scratch } from '../fixtures/scratch.js';
import { openFirewall } from './firewall.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch.remove());

function jailWithMail() {
  const { path } = scratch;
  const mail = scriptAction({ actionban: `echo "<ip>" >> ${path('mail')}` }, {}, 'mail');
  const drop = scriptAction({ actionban: `test -e ${path('ready')} && echo "<ip>" >> ${path('drop')}` }, {}, 'drop');
  const firewall = openFirewall({ jails: [{ name: 'sshd', actions: [mail, drop] }], voice: recordVoice(), ipv6: true });
  return firewall;
}

it('an order that names actions is carried out by those alone: what has succeeded is not done again', async () => {
  const firewall = jailWithMail();
  await firewall.start();
  const ban = order('ban', '192.0.2.7');
  const first = await firewall.submit(ban);
  expect(first.map(({ action, ok }) => [action, ok])).toEqual([
    ['mail', true],
    ['drop', false],
  ]);
  writeFileSync(scratch.path('ready'), '');
  const again = await firewall.submit({ ...ban, actions: ['drop'] });
  expect(again.map(({ action, ok }) => [action, ok])).toEqual([['drop', true]]);
  expect(scratch.lines('mail')).toEqual(['192.0.2.7']);
  expect(scratch.lines('drop')).toEqual(['192.0.2.7']);
  await firewall.stop();
});

it('an order for an action that the jail does not have does nothing and fails nowhere', async () => {
  const firewall = jailWithMail();
  await firewall.start();
  expect(await firewall.submit({ ...order('ban', '192.0.2.7'), actions: ['gone'] })).toEqual([]);
  expect(scratch.has('mail')).toBe(false);
  await firewall.stop();
});

it('gives jails other actions in one step: an order meets the old ones or the new ones, and what is new waits for what was', async () => {
  const trace = (text: string) => `echo "${text}" >> ${scratch.path('trace')}`;
  const named = (name: string, more = '') =>
    scriptAction(
      {
        actionstart: trace(`start ${name}${more}`),
        actionstop: `sleep 0.2; ${trace(`stop ${name}${more}`)}`,
        actionban: trace(`${name}${more} <ip>`),
      },
      {},
      name,
    );
  const voice = recordVoice();
  const jails = [
    { name: 'one', actions: [named('a')] },
    { name: 'two', actions: [named('b')] },
  ];
  const firewall = openFirewall({ jails, voice, ipv6: true });
  await firewall.start();
  await firewall.submit(order('ban', '192.0.2.1', 'one'));
  const changed = firewall.rearrange([{ name: 'one', actions: [named('a', '!')] }], ['two']);
  const after = firewall.submit(order('ban', '192.0.2.2', 'one'));
  expect(await firewall.submit(order('ban', '192.0.2.3', 'two'))).toMatchObject([{ ok: false }]);
  expect(await after).toMatchObject([{ ok: true }]);
  expect(await changed.done).toEqual([]);
  const lines = scratch.lines('trace').slice(2);
  expect(lines[0]).toBe('a 192.0.2.1');
  expect(lines.slice(1, 3).sort()).toEqual(['stop a', 'stop b']);
  expect(lines.slice(3)).toEqual(['start a!', 'a! 192.0.2.2']);
  await firewall.stop();
});

it('moves no rule where another jail takes over what one leaves, nor where a parameter changes that means nothing to the action', async () => {
  const printed: string[] = [];
  const firewall = openFirewall({
    jails: [{ name: 'old', actions: [offendingIps()] }],
    voice: recordVoice(),
    ipv6: false,
    dryRun: { print: (line) => void printed.push(line) },
  });
  await firewall.start();
  await firewall.submit(order('ban', '192.0.2.1', 'old'));
  printed.length = 0;
  await firewall.rearrange([{ name: 'old', actions: [offendingIps({ unused: '1' })] }]).done;
  expect(printed).toEqual([]);
  await firewall.rearrange([{ name: 'new', actions: [offendingIps()] }], ['old']).done;
  // The ban of the jail that is gone is lifted; the chain stays.
  expect(printed.join('\n')).toContain('192.0.2.1');
  expect(printed.join('\n')).not.toMatch(/-[XN] OFFENDINGIPS|-[ID] INPUT/);
  printed.length = 0;
  // One place in the kernel under other parameters is free once its last jail has changed, too.
  const reject = offendingIps({ blocktype: 'REJECT' });
  expect(await firewall.rearrange([{ name: 'new', actions: [reject] }]).done).toEqual([]);
  await firewall.submit(order('ban', '192.0.2.9', 'new'));
  expect(printed.join('\n')).toContain('REJECT');
  await firewall.stop();
});

it('what still waits for an action that is taken away fails nowhere', async () => {
  const slow = scriptAction({ actionban: 'sleep 0.2' }, {}, 'slow');
  const firewall = openFirewall({ jails: [{ name: 'one', actions: [slow] }], voice: recordVoice(), ipv6: true });
  await firewall.start();
  const orders = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => firewall.submit(order('ban', ip, 'one')));
  await firewall.rearrange([{ name: 'one', actions: [] }]).done;
  expect((await Promise.all(orders)).flat().filter(({ ok }) => !ok)).toEqual([]);
  await firewall.stop();
});

it('takes all bans of a built-in action away in one change when everything stops, however many jails hold them', async () => {
  const printed: string[] = [];
  const jails = Array.from({ length: 20 }, (_, number) => ({ name: `jail${number}`, actions: [offendingIps()] }));
  const dryRun = { print: (line: string) => void printed.push(line) };
  const firewall = openFirewall({ jails, voice: recordVoice(), ipv6: false, dryRun });
  await firewall.start();
  await Promise.all(jails.map(({ name }, number) => firewall.submit(order('ban', `192.0.2.${number + 1}`, name))));
  printed.length = 0;
  expect(await firewall.stop()).toEqual([]);
  expect(printed.join('\n')).toContain('-X OFFENDINGIPS');
  expect(printed.filter((line) => line.includes('iptables-restore')).length).toBeLessThanOrEqual(2);
});
