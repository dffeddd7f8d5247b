/** Frames that a broken-in process 1 might send, the same for the same seed: most nearly right, some not at all. */
export class HostileFrames {
  constructor(private seed: number) {}

  /** One frame's bytes, as they stand on the line. */
  next(): Buffer {
    const payload = this.payload();
    const head = Buffer.alloc(5);
    const length = this.oneIn(60) ? this.below(2 ** 32) : payload.length + 1;
    head.writeUInt32BE(length);
    head[4] = this.oneIn(60) ? this.below(256) : this.oneIn(4) ? 2 : 1;
    const frame = Buffer.concat([head, payload]);
    return this.oneIn(60) ? frame.subarray(0, this.below(frame.length + 1)) : frame;
  }

  private payload(): Buffer {
    if (this.oneIn(40)) return Buffer.from(Array.from({ length: this.below(64) }, () => this.below(256)));
    const text = this.oneIn(40) ? this.value(0) : this.message();
    return Buffer.from(this.oneIn(60) ? text.slice(0, this.below(text.length + 1)) : text);
  }

  private message(): string {
    const fields = FIELDS.filter(() => !this.oneIn(3)).map((name) => `${JSON.stringify(name)}:${this.field(name)}`);
    return `{"t":${this.oneIn(40) ? this.value(0) : JSON.stringify(this.of(KINDS))},${fields.join(',')}}`.replace(
      ',}',
      '}',
    );
  }

  private field(name: string): string {
    if (this.oneIn(2)) return this.value(0);
    return { c: '1', id: '1', n: '0', host: '"a.test"', port: '443', is_clean: 'true', cpu_ms: '1' }[name] ?? RESULT;
  }

  private value(depth: number): string {
    if (this.oneIn(10)) return nested(this.below(this.oneIn(3) ? 20_000 : 200), this.oneIn(2));
    if (depth < 4 && this.oneIn(4)) return `[${this.value(depth + 1)},${this.value(depth + 1)}]`;
    if (depth < 4 && this.oneIn(4)) return `{${JSON.stringify(this.of(NAMES))}:${this.value(depth + 1)}}`;
    return this.of(ATOMS);
  }

  private of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  private oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** Mulberry32: small, and the same everywhere. */
  private below(n: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
}

const nested = (depth: number, isList: boolean) =>
  isList ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const KINDS = ['ready', 'bound', 'unbound', 'web', 'done', 'open', 'end', 'closed', 'hook', 'bind', 'refused'];
const FIELDS = ['c', 'id', 'n', 'host', 'port', 'request', 'result', 'error', 'is_clean', 'cpu_ms', 'runtime'];
const NAMES = ['a', '__proto__', 'constructor', 'toString', 'then', 'toJSON', 'length', 'outcome', 'effects', 'kind'];
const RESULT = '{"outcome":"ok","effects":[],"logs":[],"ms":1}';
const ATOMS = [
  ...['null', 'true', '0', '-1', '1.5', '1e999', '-0', '4294967296', '9007199254740993', '""', '"1"', '"\\ud800"'],
  ...[
    '"\\u0000"',
    `"${'x'.repeat(9_000)}"`,
    '"__proto__"',
    '[]',
    '{}',
    RESULT,
    '{"kind":"fetch","url":"https://a.test"}',
  ],
];
