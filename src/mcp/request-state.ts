import { createRequestStateCodec, type RequestStateCodec, type ServerContext } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { ServerKey } from '../platform/server-key.js';
import { askingOf } from './asking.js';
import { ownerOf } from './session.js';

/** A person may think for so long about a question. */
const TTL_SECONDS = 900;

/**
 * What a client carries from one round of a call to the next (revision 2026-07-28). It is signed, expires, and is good for
 * the grant and the method it was given to only; the key outlives a restart.
 */
@Injectable()
export class RequestState {
  private made?: RequestStateCodec;

  constructor(private readonly config: Config) {}

  /** Made when it is first needed: the server's name, which its key is stored with, is known once it listens. */
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

const boundTo = ({ http, mcpReq }: ServerContext) => `${ownerOf(askingOf(http?.authInfo).caller)} ${mcpReq.method}`;
