import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';

const onLinux = existsSync('/proc/net/tcp') ? test : test.skip;

onLinux('The server listens on one port of the loopback address, and nowhere else', async () => {
  await using server = await startServer();

  const port = Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, '0');
  expect(listening(server.pid)).toEqual([`0100007F:${port}`]);
});

/** The local addresses, in the hexadecimal form of the kernel, at which a process waits for connections. */
function listening(pid: number): string[] {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).flatMap((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)));
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n'));
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(inode ?? ''))
    .map(([, address]) => address ?? '');
}

function inodeOf(link: string): string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.slice(1) ?? [];
  } catch {
    // Closed since it was listed.
    return [];
  }
}
