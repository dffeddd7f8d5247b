import type Dockerode from 'dockerode';
import { DEFAULT_LIMITS } from '../bot-sdk/contract.js';
import { FrameReader, jsonFrame } from '../bot-sdk/sandbox-protocol.js';
import { containerOptions } from '../src/runtime/docker/container-options.js';
import { message } from './bots.js';

const ECHO = 'process.stdin.pipe(process.stdout)';

/** The least a container can take to answer: the same frame comes back over the same streams, and nothing runs. */
export async function openFloor(docker: Dockerode, image: string) {
  const confined = {
    image,
    harness: 'node' as const,
    labels: { 'parley.bench': 'floor' },
    cpus: 1,
    runtime: '',
    pids: 64,
  };
  const container = await docker.createContainer({
    ...containerOptions(confined),
    Cmd: ['/usr/local/bin/node', '-e', ECHO],
  });
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  let heard = () => {};
  const frames = new FrameReader(() => heard());
  const output = { write: (bytes: Buffer) => frames.push(bytes) };
  docker.modem.demuxStream(stream, output as never, process.stderr);
  await container.start();
  return {
    ask: () =>
      new Promise<void>((resolve) => {
        heard = resolve;
        stream.write(jsonFrame({ t: 'hook', id: 1, input: message('floor'), limits: DEFAULT_LIMITS }));
      }),
    close: () => container.remove({ force: true }),
  };
}

/** `docker run --rm` as anybody would type it, with the same work as a script. Answers when it has ended and is gone. */
export async function stockRun(docker: Dockerode, image: string) {
  const script = 'const s={n:3};s.n++;console.log(JSON.stringify({state:s,posts:[{n:s.n,text:"hello"}]}))';
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['/usr/local/bin/node', '-e', script],
    AttachStdout: true,
    Tty: false,
    HostConfig: { AutoRemove: true },
  });
  const stream = await container.attach({ stream: true, stdout: true });
  stream.resume();
  const gone = container.wait({ condition: 'removed' } as never);
  await container.start();
  await gone;
}
