import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Closes all pipelined responses of a connection when it closes. Node emits `close` only for the first response; the
 * others would keep their resources for ever.
 */
export function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse) {
  const here = waiting.get(socket) ?? beginWith(socket);
  here.add(response);
  response.once('close', () => here.delete(response));
}

function beginWith(socket: Socket) {
  const here = new Set<ServerResponse>();
  waiting.set(socket, here);
  // After Node has closed the response that it handles.
  socket.once('close', () => setImmediate(() => here.forEach((response) => void response.emit('close'))));
  return here;
}
