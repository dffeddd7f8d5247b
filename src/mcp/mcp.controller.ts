import { All, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import { McpDoor } from './mcp-door.js';
import { pointer } from './pointer.js';

/** Where MCP is served: at /mcp, and for clients that were given the bare origin at / as well. */
@Controller()
export class McpController {
  constructor(private readonly door: McpDoor) {}

  @All('mcp')
  mcp(@Req() request: Request, @Res() response: Response) {
    return this.door.serve(request, response);
  }

  @Post()
  bareOrigin(@Req() request: Request, @Res() response: Response) {
    return this.door.serve(request, response);
  }

  @Get()
  stream(@Req() request: Request, @Res() response: Response) {
    return speaksMcp(request) ? this.door.serve(request, response) : pointer(request, response);
  }

  @Delete()
  end(@Req() request: Request, @Res() response: Response) {
    if (!speaksMcp(request)) throw new DomainError('NOT_FOUND');
    return this.door.serve(request, response);
  }
}

const speaksMcp = ({ headers }: Request) =>
  'mcp-session-id' in headers || 'mcp-protocol-version' in headers || headers.accept === 'text/event-stream';
