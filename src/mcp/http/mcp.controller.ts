import { All, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '../../kernel/errors.js';
import { McpDoor } from './mcp-door.js';
import { sendStartLinks } from './start-links.js';
import { WithoutToken } from './without-token.js';

/** Serves MCP at /mcp, and at / for clients that know only the origin. */
@Controller()
export class McpController {
  constructor(
    private readonly door: McpDoor,
    private readonly withoutToken: WithoutToken,
  ) {}

  @All('mcp')
  mcp(@Req() request: Request, @Res() response: Response) {
    return this.serve(request, response);
  }

  @Post()
  bareOrigin(@Req() request: Request, @Res() response: Response) {
    return this.serve(request, response);
  }

  @Get()
  stream(@Req() request: Request, @Res() response: Response) {
    return speaksMcp(request) ? this.serve(request, response) : sendStartLinks(request, response);
  }

  @Delete()
  end(@Req() request: Request, @Res() response: Response) {
    if (!speaksMcp(request)) throw new DomainError('NOT_FOUND');
    return this.serve(request, response);
  }

  private serve(request: Request, response: Response) {
    const { caller } = request;
    return caller ? this.door.serve(request, response, caller) : this.withoutToken.serve(request, response);
  }
}

const speaksMcp = ({ headers }: Request) =>
  'mcp-session-id' in headers || 'mcp-protocol-version' in headers || headers.accept === 'text/event-stream';
