import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** The least that a tool call can cost: the MCP SDK alone, as its documentation shows it, with a tool that does nothing. */
const ANSWER = { messages: [], cursor: 1, has_more: false };

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'floor', version: '1' });
  const inputSchema = z.object({ channel_id: z.string(), cursor: z.number(), timeout_ms: z.number() });
  server.registerTool('sync_messages', { description: 'Answers with nothing new.', inputSchema }, () => ({
    content: [{ type: 'text', text: JSON.stringify(ANSWER) }],
    structuredContent: ANSWER,
  }));
  return server;
});
const server = createServer(toNodeHandler(handler));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
