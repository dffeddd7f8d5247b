import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Tells answers that wait behind another one on their connection when it is gone: Node says so only to the first, and
 * what the others hold would be held for ever.
 */
export function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse) {
  const here = waiting.get(socket) ?? beginWith(socket);
  here.add(response);
  response.once('close', () => here.delete(response));
}

function beginWith(socket: Socket) {
  const here = new Set<ServerResponse>();
  waiting.set(socket, here);
  // After Node has told the one that it knows.
  socket.once('close', () => setImmediate(() => here.forEach((response) => void response.emit('close'))));
  return here;
}
