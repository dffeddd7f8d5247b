import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import Dockerode from 'dockerode';
import { describeWithDocker } from '../support/sandbox.js';

const MINUTES = 60_000;
const ROOT = join(__dirname, '../..');
const INTERPRETERS = ['usr/bin/python3.11', 'usr/local/bin/node'];

interface Image {
  tag: string;
  labels: Record<string, string>;
}

type Line = [
  path: string,
  kind: string,
  mode: string,
  uid: number,
  gid: number,
  target: string,
  size: number,
  hash: string,
];

describeWithDocker('The sandbox image', () => {
  const docker = new Dockerode();
  let image: Image;
  let files: Line[];
  beforeAll(async () => {
    image = await script();
    files = await rootfsOf(docker, image.tag);
  }, 10 * MINUTES);

  test('reports its content, and runs as a user without rights', async () => {
    const { Config, RootFS } = await docker.getImage(image.tag).inspect();

    expect(Config.Labels).toMatchObject({
      'parley.rootfs': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'parley.node': '24.21.0',
      'parley.python': expect.stringMatching(/^3\.11\.\d+$/),
      'parley.content': expect.stringMatching(new RegExp(`^${image.tag.split(':')[1]}`)),
    });
    expect(Config.User).toBe('10001:10001');
    expect(Config.WorkingDir).toBe('/workspace');
    expect(Config.Entrypoint).toBeNull();
    expect(RootFS.Layers?.length).toBeLessThanOrEqual(3);
  });

  test('contains the two interpreters and no other program', () => {
    const programs = files.filter(([path, kind]) => kind === 'file' && /^usr\/(local\/)?s?bin\//.test(path));
    const shells = files.filter(([path]) =>
      /\/(sh|bash|dash|busybox|perl|apt|apt-get|dpkg|pip3?|npm|npx|curl|gcc)$/.test(path),
    );

    expect(programs.map(([path]) => path).sort()).toEqual(INTERPRETERS);
    expect(shells).toEqual([]);
  });

  test('has interpreters that nobody can read, and that only root can write', () => {
    const modes = files.filter(([path]) => INTERPRETERS.includes(path)).map(([, , mode]) => mode);
    const loose = files.filter(([, kind, mode]) => kind !== 'link' && Number.parseInt(mode, 8) & 0o7022);

    expect(modes).toEqual(['711', '711']);
    expect(loose).toEqual([]);
    expect(files.filter(([, , , uid, gid]) => uid !== 0 || gid !== 0)).toEqual([]);
  });

  test('contains only files, folders and links', () => {
    expect(new Set(files.map(([, kind]) => kind))).toEqual(new Set(['file', 'folder', 'link']));
  });

  test('starts Python and requests without warnings, with certificates to trust', async () => {
    const trusted = await inside(docker, image.tag, [
      '/usr/bin/python3',
      ...['-I', '-W', 'error', '-c'],
      'import requests, ssl; print(len(ssl.create_default_context().get_ca_certs()) > 50)',
    ]);

    expect(trusted).toBe('True\n');
  });

  test('hides the files of its interpreter from the bot', async () => {
    const read = await inside(docker, image.tag, [
      '/usr/local/bin/node',
      '-e',
      `const { readFileSync } = require('node:fs');
       const attempt = (path) => { try { readFileSync(path); return 'read'; } catch ({ code }) { return code; } };
       console.log(String(process.getuid()), ${JSON.stringify(INTERPRETERS)}.map((path) => attempt('/' + path)).join());`,
    ]);

    expect(read).toBe('10001 EACCES,EACCES\n');
  });

  test('is not built again if nothing has changed', async () => {
    const before = await docker.getImage(image.tag).inspect();

    const again = await script();

    expect(again.tag).toBe(image.tag);
    // Among it when the tag was set.
    expect(await docker.getImage(again.tag).inspect()).toEqual(before);
  });

  test(
    'is the same, file by file, when it is built from nothing',
    async () => {
      const again = await script('--again');

      expect(again.labels).toEqual(image.labels);
    },
    5 * MINUTES,
  );
});

async function script(...args: string[]): Promise<Image> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['scripts/sandbox-image.mjs', ...args], { cwd: ROOT });
  return JSON.parse(stdout);
}

/** What a container of the image starts with. */
async function rootfsOf(docker: Dockerode, Image: string): Promise<Line[]> {
  const { readRootfs } = await import(join(ROOT, 'scripts/sandbox-image/rootfs.mjs'));
  const container = await docker.createContainer({ Image });
  try {
    const { lines } = await readRootfs(await container.export());
    return lines.map((line: string) => JSON.parse(line));
  } finally {
    await container.remove({ force: true });
  }
}

/** What a command prints in a container without a network. */
async function inside(docker: Dockerode, Image: string, Cmd: string[]): Promise<string> {
  const container = await docker.createContainer({ Image, Cmd, Tty: true, HostConfig: { NetworkMode: 'none' } });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    await container.start();
    let said = '';
    for await (const bytes of stream) said += bytes;
    return said.replaceAll('\r\n', '\n');
  } finally {
    await container.remove({ force: true });
  }
}
