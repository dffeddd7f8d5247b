// What the server's own container runs. The engine's socket belongs to a group whose number differs from machine to machine, so
// this begins as root, joins that group, and is an ordinary user before any other code is loaded.
import { statSync } from 'node:fs';

const SOCKET = '/var/run/docker.sock';
/** The user `node` of Node's image. */
const NODE = 1000;

if (process.getuid() === 0) {
  process.setgroups(groupsOfSocket());
  process.setgid(NODE);
  process.setuid(NODE);
  process.env.HOME = '/home/node';
}
await import('./start.mjs');

function groupsOfSocket() {
  const socket = statSync(SOCKET, { throwIfNoEntry: false });
  return socket ? [socket.gid] : [];
}
