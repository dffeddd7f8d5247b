import { PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server';
import type { Request } from 'express';
import type { OperationCatalog } from '../../platform/catalogs/operation-catalog.js';
import { messagesOf } from './json-rpc.js';

/** The log fields of an MCP request: protocol revision, method and tool, never its content. */
export function logFieldsOf({ headers }: Request, body: unknown, era: string, catalog: OperationCatalog) {
  const [{ method, params } = {}] = messagesOf(body);
  const meta = params?._meta as Record<string, unknown> | undefined;
  const protocol = meta?.[PROTOCOL_VERSION_META_KEY] ?? params?.protocolVersion ?? headers['mcp-protocol-version'];
  return {
    era,
    protocol: short(protocol),
    rpc: short(method),
    tool: method === 'tools/call' ? catalog.find(String(params?.name))?.contract.name : undefined,
    user_agent: short(headers['user-agent']),
  };
}

const short = (text: unknown) => (typeof text === 'string' ? text.slice(0, 100) : undefined);
