// A name server that knows the soak's names, one answer in ten late. It listens on port 53 of the namespace's loopback.
import { createSocket } from 'node:dgram';
import { parentPort, Worker, workerData } from 'node:worker_threads';

const lateBy = 700;
const serves = 'the names of a soak';

/**
 * A thread of its own: what the soak itself does meanwhile makes no answer late.
 * @returns {Promise<{ asked: number, close: () => Promise<number> }>}
 */
export async function serveNames() {
  const thread = new Worker(new URL(import.meta.url), { workerData: serves });
  const state = { asked: 0, close: () => thread.terminate() };
  await new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.on('message', (asked) => {
      state.asked = asked;
      resolve(undefined);
    });
  });
  return state;
}

function serve() {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (question, { port, address }) => {
    const answer = answerTo(question);
    if (answer === undefined) return;
    asked++;
    parentPort?.postMessage(asked);
    setTimeout(() => socket.send(answer, port, address), asked % 10 === 0 ? lateBy : 0);
  });
  socket.bind(53, '127.0.0.1', () => parentPort?.postMessage(asked));
}

/**
 * @param {Buffer} question a query of DNS (RFC 1035, section 4)
 * @returns {Buffer | undefined}
 */
function answerTo(question) {
  const headerBytes = 12;
  if (question.length <= headerBytes) return undefined;
  const labels = [];
  let at = headerBytes;
  while (at < question.length && question[at] !== 0) {
    const length = question[at] ?? 0;
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const behind = at + 5;
  if (behind > question.length) return undefined;
  const type = question.readUInt16BE(at + 1);
  const parts = /^a(\d+)-(\d+)-(\d+)-(\d+)\.soak\.test$/.exec(labels.join('.').toLowerCase());
  const answers = parts !== null && type === 1;
  const header = Buffer.from(question.subarray(0, behind));
  // An answer, with authority; a name that is not ours does not exist.
  header.writeUInt16BE(parts === null ? 0x8583 : 0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  if (!answers) return header;
  const record = Buffer.from([0xc0, headerBytes, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...parts.slice(1).map(Number)]);
  return Buffer.concat([header, record]);
}

if (workerData === serves) serve();
