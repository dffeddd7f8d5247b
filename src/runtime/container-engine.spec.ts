import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findContainerEngine } from './container-engine.js';

describe('A container engine', () => {
  let folder: string;
  let socket: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-'));
    socket = join(folder, 'engine.sock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const listening = async (answer: RequestListener) => {
    const server = createServer(answer).listen(socket);
    await once(server, 'listening');
    return {
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
      },
    };
  };

  test('is found where it answers a ping', async () => {
    await using _engine = await listening(({ url }, response) =>
      response.writeHead(url === '/_ping' ? 200 : 404).end('OK'),
    );

    expect(await findContainerEngine(socket)).toBe(true);
  });

  test('is not found where there is no socket, where it fails, and where it says nothing', async () => {
    expect(await findContainerEngine(socket)).toBe(false);
    {
      await using _failing = await listening((_, response) => response.writeHead(500).end());
      expect(await findContainerEngine(socket)).toBe(false);
    }
    await using _silent = await listening(() => {});
    expect(await findContainerEngine(socket)).toBe(false);
  });
});
