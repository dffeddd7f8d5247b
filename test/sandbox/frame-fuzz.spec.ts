import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { onBackgroundFailure } from '../../src/kernel/background.js';
import { FrameChannel } from '../../src/runtime/docker/frame-channel.js';
import { Sandbox } from '../../src/runtime/docker/sandbox.js';
import { Tunnels } from '../../src/runtime/docker/tunnels.js';
import { type NetworkAccess, NO_NETWORK } from '../../src/runtime/runner.js';
import { BRIEF, DockerArena, INPUT, javascript, posted } from '../support/arena.js';
import { brokenIn, pythonProgram } from '../support/break-in.js';
import { HostileFrames } from '../support/hostile-frames.js';
import { describeWithDocker } from '../support/sandbox.js';

const LINES = 2_000;
const FRAMES_OF_A_LINE = 5;

const unwatched: unknown[] = [];
const note = (...error: unknown[]) => void unwatched.push(error);
let stop: () => void;
beforeAll(() => {
  process.on('unhandledRejection', note).on('uncaughtExceptionMonitor', note);
  stop = onBackgroundFailure(note);
});
beforeEach(() => {
  unwatched.length = 0;
});
afterAll(() => {
  process.off('unhandledRejection', note).off('uncaughtExceptionMonitor', note);
  stop();
});

/** A way that opens every tunnel, so that frames reach the parts behind it. */
const OPEN_WAY: NetworkAccess = {
  isOpen: true,
  ask: async () => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'nobody is there' }),
  tunnel: async () => new PassThrough(),
};

/** As the engine wraps what a container writes to its standard output. */
function wrapped(bytes: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** The server's end of one line, at which these frames arrive. Answers with why it gave the line up, if it did. */
async function hear(frames: Buffer[]): Promise<string | undefined> {
  const line = new PassThrough();
  let reason: string | undefined;
  const wire: FrameChannel = new FrameChannel(line, {
    heard: (message) => {
      if (message.t === 'open' || message.t === 'end' || message.t === 'closed') tunnels.heard(message, OPEN_WAY);
    },
    heardBytes: (connection, bytes) => tunnels.heardBytes(connection, bytes),
    lost: (why) => {
      reason = why;
    },
  });
  const tunnels = new Tunnels(wire);
  for (const frame of frames) line.emit('data', wrapped(frame));
  await setImmediate();
  tunnels.closeAll();
  await setImmediate();
  return reason;
}

test('Ten thousand hostile frames close their own connections, and affect nothing else', async () => {
  const reasons = new Set<string | undefined>();
  for (let seed = 1; seed <= LINES; seed++) {
    const frames = new HostileFrames(seed);
    reasons.add(await hear(Array.from({ length: FRAMES_OF_A_LINE }, () => frames.next())));
  }

  expect(unwatched).toEqual([]);
  expect(reasons).toContain('it sent a bad frame');
  expect(reasons).not.toContain('its line failed');
});

const HOSTILE = `
import base64, os, sys, time
def take(count):
    data = b''
    while len(data) < count: data += os.read(0, count - len(data)) or sys.exit()
    return data
def hear(): take(int.from_bytes(take(4), 'big'))
def send(data):
    while data: data = data[os.write(1, data):]
def say(text): send((len(text) + 1).to_bytes(4, 'big') + b'\\x01' + text)
say(b'{"t":"ready","runtime":"mine"}')
hear()
say(b'{"t":"bound"}')
hear()
for text in FRAMES: send(base64.b64decode(text))
time.sleep(60)
`;

describeWithDocker('A container whose process 1 is hostile', () => {
  let arena: DockerArena;
  beforeAll(async () => {
    arena = await DockerArena.open();
  });
  afterAll(() => arena[Symbol.asyncDispose]());

  test('ends its own runs, while another bot is answered as usual', async () => {
    const neighbour = javascript(`ctx.post('bot', 'still here')`);
    for (let seed = 1; seed <= 12; seed++) {
      const frames = new HostileFrames(seed * 1_000_003);
      const texts = Array.from({ length: FRAMES_OF_A_LINE }, () => frames.next().subarray(0, 4_000).toString('base64'));
      const script = `FRAMES = ${JSON.stringify(texts)}\n${HOSTILE}`;
      const sandbox = await Sandbox.start(
        arena.host.engine.docker,
        brokenIn(arena.host, arena.label, pythonProgram(script)),
      );
      try {
        await sandbox.bind(javascript(''), true);

        const [{ result }, beside] = await Promise.all([
          sandbox.run(INPUT, BRIEF, OPEN_WAY),
          arena.runner.run(neighbour, INPUT, BRIEF, NO_NETWORK),
        ]);

        expect(['ok', 'killed', 'timed_out', 'threw']).toContain(result.outcome);
        expect(posted(beside)).toEqual(['still here']);
      } finally {
        await sandbox.destroy();
      }
    }
    expect(unwatched).toEqual([]);
  });
});
