import type { Response } from 'express';

/** Calls `done` once the response is sent or the client has disconnected, even if that has already happened. */
export function whenClosed(response: Response, done: () => void) {
  if (response.closed || response.req.socket.destroyed) done();
  else response.once('close', done);
}
