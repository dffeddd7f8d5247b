import type { Client } from '@modelcontextprotocol/client';
import { firstClient, legacyClient, modernClient } from './mcp-clients.js';

/** One conversation with a model, among several under one token. */
export interface Chat extends AsyncDisposable {
  /** Answers with the view of the operation, or throws a ChatRefusal. */
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what it asked for
  call(operation: string, input?: object): Promise<any>;
}

export type OpenChat = (url: string, token: string) => Promise<Chat>;

/** What a tool call that did not go through says. */
export class ChatRefusedError extends Error {
  override readonly name = 'ChatRefusal';
  // biome-ignore lint/suspicious/noExplicitAny: the fields of any problem
  constructor(readonly problem: any) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
  }
}

/** Chats whose client keeps a session of the protocol, and that never name a seat. */
export const CHATS_IN_SESSIONS: [string, OpenChat][] = [
  ['clients of line 2, with a handshake', async (url, token) => chatWith(await legacyClient(url, token))],
  ['clients of line 1', async (url, token) => chatWith(await firstClient(url, token))],
];

/** Chats that the protocol tells nothing apart, and that pass the seat which the answers told them. */
export const CHATS_WITHOUT_SESSIONS: [string, OpenChat][] = [
  ['clients of 2026-07-28', async (url, token) => attentive(chatWith(await modernClient(url, token)))],
  ['clients that open a session for every call', async (url, token) => attentive(hosted(url, token))],
];

/** As claude.ai does it: every call is a handshake of its own. */
export const hosted = (url: string, token: string): Chat => ({
  async call(operation, input) {
    await using chat = chatWith(await legacyClient(url, token));
    return await chat.call(operation, input);
  },
  async [Symbol.asyncDispose]() {},
});

/** A model that does what answers tell it: `pass seat: "s2"`. */
function attentive(chat: Chat): Chat {
  let seat: string | undefined;
  return {
    async call(operation, input = {}) {
      const answer = await chat.call(operation, { ...(seat && { seat }), ...input });
      seat = /pass seat: "(\w+)"/.exec(answer.seat_hint)?.[1] ?? seat;
      return answer;
    },
    [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose](),
  };
}

const chatWith = (client: Pick<Client, 'close'> & { callTool: unknown }): Chat => ({
  async call(operation, input = {}) {
    const callTool = client.callTool as Client['callTool'];
    const result = await callTool.call(client, { name: operation, arguments: { ...input } });
    if (!result.isError) return result.structuredContent;
    const [, problem] = result.content;
    throw new ChatRefusedError(JSON.parse(problem?.type === 'text' ? problem.text : '{}'));
  },
  [Symbol.asyncDispose]: () => client.close(),
});
