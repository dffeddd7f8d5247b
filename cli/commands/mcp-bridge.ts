import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { Bridge } from '../bridge/bridge.js';
import { failed, type Message, messagesIn } from '../bridge/json-rpc.js';
import { WayIn } from '../bridge/way-in.js';
import type { Session } from '../session.js';
import { byBrowser } from './login.js';

/** How long calls that still run are waited for when the client has nothing more to say. */
const FAREWELL_MS = 60_000;

export interface BridgeOptions {
  readonly tools?: string;
  readonly name: string;
  readonly browser: boolean;
}

/** Lets an MCP client on standard input and output reach the server. Standard error is for people. */
export async function mcpBridge(session: Session, options: BridgeOptions) {
  const { access, signal, place } = session;
  const url = new URL('/mcp', place.server);
  if (options.tools) url.searchParams.set('tools', options.tools);
  const wayIn = new WayIn(session, async () => {
    const grant = await byBrowser(session, options);
    await access.store.exclusively(() => access.store.write(grant));
  });
  const tell = (message: Message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const bridge = new Bridge(url, wayIn, tell);
  const lines = createInterface({ input: process.stdin, signal });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const messages = messagesIn(line);
    if (!messages) tell(failed(null, 'This line is no JSON-RPC message.', -32700));
    for (const message of messages ?? []) bridge.take(message);
  }
  const farewell = setTimeout(FAREWELL_MS, undefined, { signal, ref: false }).catch(() => {});
  await Promise.race([bridge.settle(), farewell]);
  await bridge.close();
}
