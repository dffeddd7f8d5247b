import type { HookMessage } from './contract.js';

/** Adds the text of a private message at the top level, where bots of MCP Multiplayer read it. */
export function withText(msg: HookMessage): HookMessage {
  return { ...msg, text: typeof msg.body.text === 'string' ? msg.body.text : '' };
}
