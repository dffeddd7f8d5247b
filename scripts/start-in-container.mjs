// The entry point of the server's own container. The group id of the engine's socket differs between machines, so this
// starts as root, joins that group, and becomes an ordinary user before it loads any other code.
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
