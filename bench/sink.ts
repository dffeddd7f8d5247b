import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A port that takes whatever is sent to it, throws it away and says that it has: what a generator costs by itself. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  request.on('error', () => response.destroy());
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
