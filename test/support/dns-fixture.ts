import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4, isIPv6 } from 'node:net';

const A = 1;
const AAAA = 28;
const NO_SUCH_NAME = 3;

/**
 * A real name server on loopback. Each name has its answers, one list of addresses for each time it is asked; the last is
 * repeated. A name with no list at all gets no answer, an unknown one does not exist.
 */
export class DnsFixture implements AsyncDisposable {
  /** How often a name was asked for, A and AAAA counted once. */
  readonly asked = new Map<string, number>();

  private constructor(
    private readonly socket: Socket,
    private readonly table: Record<string, string[][]>,
  ) {
    socket.on('message', (query, { port, address }) => {
      const answer = this.answer(query);
      if (answer) socket.send(answer, port, address);
    });
  }

  static async start(table: Record<string, string[][]>): Promise<DnsFixture> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsFixture(socket, table);
  }

  /** For EGRESS_DNS. */
  get place(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async [Symbol.asyncDispose]() {
    await new Promise<void>((closed) => this.socket.close(closed));
  }

  private answer(query: Buffer): Buffer | undefined {
    const { name, type, question } = readQuestion(query);
    const key = `${type} ${name}`;
    const time = this.times.get(key) ?? 0;
    this.times.set(key, time + 1);
    this.asked.set(name, Math.max(this.asked.get(name) ?? 0, time + 1));
    const lists = this.table[name];
    if (lists?.length === 0) return undefined;
    const addresses = lists?.[Math.min(time, lists.length - 1)] ?? [];
    const records = addresses.filter(type === A ? isIPv4 : isIPv6).map((address) => record(type, bytesOf(address)));
    return Buffer.concat([head(query, lists ? 0 : NO_SUCH_NAME, records.length), question, ...records]);
  }

  private readonly times = new Map<string, number>();
}

function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(at + 1),
    question: query.subarray(12, at + 5),
  };
}

function head(query: Buffer, code: number, answers: number): Buffer {
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(answers, 6);
  return head;
}

/** An answer for the name of the question, which stands at byte 12. */
function record(type: typeof A | typeof AAAA | number, data: Buffer): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(0, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // URL writes the last four bytes of an address in hex, so only the run of zeros is left to fill in.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text = '') => text.split(':').filter(Boolean);
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(zeros).fill('0'), ...groups(right)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
