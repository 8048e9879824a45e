import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { StoredDaemon } from './stored-daemon.js';

let directory: string;
let daemon: StoredDaemon;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-metrics-'));
  daemon = new StoredDaemon(directory, { maxretry: '3' });
});
afterEach(async () => {
  await daemon.end('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
});

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function get(where: { readonly socketPath: string } | { readonly port: number }, asked: Asked = {}) {
  const { path = '/metrics', method = 'GET', headers = {} } = asked;
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...where, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject).end();
  });
}

const sampleOf = (text: string, sample: string) => {
  const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
};

async function start(metrics: string): Promise<void> {
  writeFileSync(join(directory, 'f2b.ini'), `metrics = ${metrics}\n`);
  daemon.start();
  await daemon.ready();
}

it('serves what exporters of fail2ban serve, and what they cannot know, on a socket for root alone', async () => {
  const socketPath = join(directory, 'metrics.sock');
  await start(socketPath);
  for (let i = 0; i < 3; i++) daemon.knock('203.0.113.6');
  daemon.knock('203.0.113.7');
  const text = await eventually('the ban to hold', async () => {
    const page = (await get({ socketPath })).text;
    return sampleOf(page, 'f2b_line_to_ban_seconds_count') === 1 ? page : undefined;
  });
  expect(sampleOf(text, 'f2b_up')).toBe(1);
  expect(sampleOf(text, 'f2b_jail_count')).toBe(1);
  expect(sampleOf(text, 'f2b_jail_banned_current{jail="door"}')).toBe(1);
  expect(sampleOf(text, 'f2b_jail_banned_total{jail="door"}')).toBe(1);
  expect(sampleOf(text, 'f2b_jail_failed_current{jail="door"}')).toBe(1);
  expect(sampleOf(text, 'f2b_jail_failed_total{jail="door"}')).toBe(4);
  expect(sampleOf(text, 'f2b_config_jail_ban_time{jail="door"}')).toBe(3600);
  expect(sampleOf(text, 'f2b_config_jail_find_time{jail="door"}')).toBe(3600);
  expect(sampleOf(text, 'f2b_config_jail_max_retries{jail="door"}')).toBe(3);
  expect(text).toMatch(/^f2b_version\{exporter="[^"]+",fail2ban="[^"]+"\} 1$/m);
  const source = `{source="${daemon.log}"}`;
  expect(sampleOf(text, `f2b_source_lines_total${source}`)).toBe(4);
  expect(sampleOf(text, `f2b_source_matched_total${source}`)).toBe(4);
  expect(sampleOf(text, `f2b_source_bytes_total${source}`)).toBe(daemon.size());
  expect(sampleOf(text, `f2b_source_behind_bytes${source}`)).toBe(0);
  expect(sampleOf(text, 'f2b_line_to_ban_seconds_bucket{le="+Inf"}')).toBe(1);
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  await daemon.end('SIGTERM');
  expect(statSync(socketPath, { throwIfNoEntry: false })).toBeUndefined();
});

it('has a help and a type for every metric, and each name once', async () => {
  const socketPath = join(directory, 'metrics.sock');
  await start(socketPath);
  const { text } = await get({ socketPath });
  const helped = [...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name);
  expect(new Set(helped).size).toBe(helped.length);
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('#')) continue;
    expect(line).toMatch(
      /^[a-z0-9_]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"(?:,[a-z0-9]+="(?:[^"\\\n]|\\.)*")*\})? -?[0-9.e+-]+$/,
    );
    const name = /^[a-z0-9_]+/.exec(line)![0].replace(/_(bucket|sum|count)$/, '');
    expect(helped.some((one) => one === name || one === /^[a-z0-9_]+/.exec(line)![0])).toBe(true);
  }
});

it('answers at a loopback address, and nobody whom a name of theirs led there', async () => {
  await start('127.0.0.1:0');
  const port = Number((await daemon.says(/Metrics: http:\/\/127\.0\.0\.1:(\d+)\/metrics/))[1]);
  expect((await get({ port })).status).toBe(200);
  expect((await get({ port }, { headers: { Host: `localhost:${port}` } })).status).toBe(200);
  expect((await get({ port }, { headers: { Host: `evil.example:${port}` } })).status).toBe(403);
  expect((await get({ port }, { method: 'POST' })).status).toBe(405);
  expect((await get({ port }, { path: '/etc/passwd' })).status).toBe(404);
});

it('answers while somebody holds connections and asks nothing', async () => {
  await start('127.0.0.1:0');
  const port = Number((await daemon.says(/Metrics: http:\/\/127\.0\.0\.1:(\d+)\/metrics/))[1]);
  const held = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      socket.write('GET /metrics HTTP/1.1\r\n');
      return socket;
    }),
  );
  expect((await get({ port })).status).toBe(200);
  for (const socket of held) socket.destroy();
});

it('does not open an address that others can reach without being told twice, and guards on', async () => {
  await start('0.0.0.0:0');
  expect(daemon.output).toMatch(/f2b\.ini:1:1: 'metrics = 0\.0\.0\.0:0' in f2b\.ini is not .*loopback address/);
  expect(daemon.output).not.toMatch(/Metrics:/);
});

it('guards on where metrics cannot be served', async () => {
  await start('/proc/self/none/metrics.sock');
  expect(daemon.output).toMatch(/ERROR +Metrics are not served: /);
  daemon.knock('203.0.113.6');
  await daemon.says(/Found 203\.0\.113\.6/);
});
