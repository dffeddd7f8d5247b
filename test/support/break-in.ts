import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { containerOptions, type Harness } from '../../src/runtime/docker/container-options.js';
import { SANDBOX_LABEL, type SandboxHost } from '../../src/runtime/docker/sandbox-scheduler.js';

/** The options of a bot's container, but with a stranger's program as its only process: nothing of ours is in between. */
export function brokenIn({ image }: SandboxHost, label: string, program: string[]): Dockerode.ContainerCreateOptions {
  const given = {
    image: image.id,
    harness: 'python' as Harness,
    labels: { [SANDBOX_LABEL]: label },
    cpus: 1,
    runtime: '',
    pids: 64,
  };
  return { ...containerOptions(given), Cmd: program };
}

export const pythonProgram = (script: string) => ['/usr/bin/python3', '-I', '-B', '-c', script];

/** What a Python script prints that is all there is in such a container. */
export async function printedInside(host: SandboxHost, label: string, script: string): Promise<string> {
  const { docker } = host.engine;
  const container = await docker.createContainer(brokenIn(host, label, pythonProgram(script)));
  try {
    const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
    const printed = textOf(docker, stream);
    await container.start();
    return await printed;
  } finally {
    await container.remove({ force: true });
  }
}

/** What a Python script prints that runs beside the harness in its container: a bot that has left its realm. */
export async function printedBeside({ engine: { docker } }: SandboxHost, id: string, script: string): Promise<string> {
  const Cmd = pythonProgram(script);
  const exec = await docker.getContainer(id).exec({ Cmd, AttachStdout: true, AttachStderr: true });
  return textOf(docker, await exec.start({}));
}

function textOf(docker: Dockerode, stream: NodeJS.ReadableStream): Promise<string> {
  const all = new PassThrough();
  docker.modem.demuxStream(stream as NodeJS.ReadWriteStream, all, all);
  stream.on('end', () => all.end());
  stream.on('close', () => all.end());
  return text(all);
}
