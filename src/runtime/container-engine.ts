import { get } from 'node:http';

const SOCKET = '/var/run/docker.sock';
const PATIENCE_MS = 500;

/** Whether a container engine answers on this machine's usual socket. */
export function findContainerEngine(socketPath = SOCKET): Promise<boolean> {
  return new Promise((answer) => {
    const request = get({ socketPath, path: '/_ping', timeout: PATIENCE_MS }, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => answer(false));
  });
}
