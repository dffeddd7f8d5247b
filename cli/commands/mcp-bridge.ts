import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { Bridge } from '../bridge/bridge.js';
import { BridgeToken } from '../bridge/bridge-token.js';
import { failed, type JsonRpcMessage, messagesIn } from '../bridge/json-rpc.js';
import type { CliSession } from '../session/cli-session.js';
import { byBrowser } from './login.js';

/** How long to wait for running calls after the client has closed its end. */
const FAREWELL_MS = 60_000;

export interface BridgeOptions {
  readonly tools?: string;
  readonly name?: string;
  readonly browser: boolean;
}

/** Connects an MCP client on standard input and output to the server. Messages for people go to standard error. */
export async function mcpBridge(session: CliSession, options: BridgeOptions) {
  const { access, signal, place } = session;
  const url = new URL('/mcp', place.server);
  if (options.tools) url.searchParams.set('tools', options.tools);
  const bridgeToken = new BridgeToken(session, async () => {
    const grant = await byBrowser(session, { ...options, program: 'Parley bridge' });
    await access.store.exclusively(() => access.store.write(grant));
  });
  const tell = (message: JsonRpcMessage) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const bridge = new Bridge(url, bridgeToken, tell);
  const lines = createInterface({ input: process.stdin, signal });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const messages = messagesIn(line);
    if (!messages) tell(failed(null, 'This line is not a JSON-RPC message.', -32700));
    for (const message of messages ?? []) bridge.take(message);
  }
  const farewell = setTimeout(FAREWELL_MS, undefined, { signal, ref: false }).catch(() => {});
  await Promise.race([bridge.settle(), farewell]);
  await bridge.close();
}
