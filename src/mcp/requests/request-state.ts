import { createRequestStateCodec, type RequestStateCodec, type ServerContext } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { ServerKey } from '../../platform/secrets/server-key.js';
import { ownerOf } from '../sessions/mcp-session.js';
import { requestContextOf } from './mcp-request-context.js';

/** How long a user may take to answer a question, in seconds. */
const TTL_SECONDS = 900;

/**
 * The state that a client carries from one round of a call to the next (revision 2026-07-28). It is signed, expires,
 * and is valid only for one grant and method. The key is the same after a restart.
 */
@Injectable()
export class RequestState {
  private made?: RequestStateCodec;

  constructor(private readonly config: Config) {}

  /** Created on first use: the key depends on the server's name, which is known only once it listens. */
  get codec(): RequestStateCodec {
    const { dataDir, publicUrl } = this.config;
    this.made ??= createRequestStateCodec({
      key: ServerKey.of(dataDir, new URL(publicUrl).host).derived('MCP request state'),
      ttlSeconds: TTL_SECONDS,
      bind: boundTo,
    });
    return this.made;
  }
}

const boundTo = ({ http, mcpReq }: ServerContext) =>
  `${ownerOf(requestContextOf(http?.authInfo).caller)} ${mcpReq.method}`;
