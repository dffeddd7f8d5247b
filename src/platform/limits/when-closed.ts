import type { Response } from 'express';

/** Does something once the answer is out or the client is gone, which it may be already. */
export function whenClosed(response: Response, done: () => void) {
  if (response.closed || response.req.socket.destroyed) done();
  else response.once('close', done);
}
