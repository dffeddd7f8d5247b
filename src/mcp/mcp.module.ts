import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DirectoryLint } from './directory-lint.js';
import { LegacyExchange } from './legacy-exchange.js';
import { McpController } from './mcp.controller.js';
import { McpDoor } from './mcp-door.js';
import { Sessions } from './sessions.js';
import { ToolServer } from './tool-server.js';
import { Tools } from './tools.js';
import { unreadableBody } from './unreadable-body.js';

/** The MCP door: every operation of the catalog as a tool, in every revision of the protocol. */
@Module({
  controllers: [McpController],
  providers: [DirectoryLint, LegacyExchange, McpDoor, Sessions, ToolServer, Tools],
})
export class McpModule implements OnModuleInit {
  constructor(private readonly adapter: HttpAdapterHost) {}

  /** Express finds it after the body parsers and before Nest's own handler of errors. */
  onModuleInit() {
    this.adapter.httpAdapter.use(unreadableBody);
  }
}
