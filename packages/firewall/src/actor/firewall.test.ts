import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { order, recordVoice, scriptAction } from '../fixtures/orders.js';
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
