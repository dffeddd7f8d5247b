import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { admitUnknown } from '../../kernel/admission.js';
import { challengeFor, unauthenticated } from '../../oauth/bearer/challenge.js';
import { Config } from '../../platform/config/config.js';
import { VERSION } from '../../platform/config/version.js';
import { ICONS } from '../server/icon.js';
import { INSTRUCTIONS } from '../server/instructions.js';
import { Tools } from '../tools/tools.js';

/** The last revision of MCP without authorization. Clients of later ones sign in after a 401 to their first request. */
const NEWEST_WITHOUT_SIGN_IN = '2024-11-05';

/** A JSON-RPC 2.0 request with a valid id. */
interface Message {
  readonly id: string | number;
  readonly method: string;
  readonly params?: unknown;
}

/**
 * Handles MCP requests without a token. Clients of revision 2024-11-05 may call `initialize` and `ping` and list the
 * tools that need no token; everything else gets a 401, which makes connectors sign in.
 */
@Injectable()
export class WithoutToken {
  constructor(
    private readonly config: Config,
    private readonly tools: Tools,
  ) {}

  async serve(request: Request, response: Response) {
    const message = request.method === 'POST' ? messageOf(request.body) : undefined;
    const result = message && this.resultOf(message, request);
    if (!result) return this.challenge(request, response, message?.id ?? null);
    await admitUnknown(1);
    response.status(200).set('Cache-Control', 'no-store').json({ jsonrpc: '2.0', id: message.id, result });
  }

  private resultOf({ method, params }: Message, { headers }: Request): object | undefined {
    if (method === 'initialize') return introduction(params);
    if ('mcp-protocol-version' in headers || 'mcp-session-id' in headers || namesRevision(params)) return undefined;
    if (method === 'ping') return {};
    return method === 'tools/list' ? { tools: this.tools.forNobody() } : undefined;
  }

  private challenge({ id: requestId, path, headers }: Request, response: Response, id: string | number | null) {
    const { error, ...problem } = unauthenticated(this.config, requestId, headers.host);
    response
      .status(401)
      .set('WWW-Authenticate', challengeFor(this.config, 'AUTHENTICATION_REQUIRED', path, headers.host))
      .set('Cache-Control', 'no-store')
      // Further fields for programs that do not use JSON-RPC.
      .json({
        ...problem,
        jsonrpc: '2.0',
        id,
        error: { code: -32001, message: problem.title, data: { error, ...problem } },
      });
  }
}

function messageOf(body: unknown): Message | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  const { jsonrpc, id, method } = body as Record<string, unknown>;
  const isRequest = jsonrpc === '2.0' && (typeof id === 'string' || Number.isInteger(id)) && typeof method === 'string';
  return isRequest ? (body as Message) : undefined;
}

/** Every request of revision 2026-07-28 names its revision. */
const namesRevision = (params: unknown) => {
  const { _meta: meta } = (params ?? {}) as { readonly _meta?: unknown };
  return typeof meta === 'object' && meta !== null && 'io.modelcontextprotocol/protocolVersion' in meta;
};

/** The params of `initialize`; undefined if the client's revision requires signing in or is missing. */
function introduction(params: unknown): object | undefined {
  const { protocolVersion } = (params ?? {}) as { readonly protocolVersion?: unknown };
  if (typeof protocolVersion !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(protocolVersion)) return undefined;
  if (protocolVersion > NEWEST_WITHOUT_SIGN_IN) return undefined;
  return {
    protocolVersion: SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion) ? protocolVersion : NEWEST_WITHOUT_SIGN_IN,
    capabilities: { tools: { listChanged: false } },
    serverInfo: { name: 'parley', title: 'Parley', version: VERSION, icons: ICONS },
    instructions: INSTRUCTIONS,
  };
}
