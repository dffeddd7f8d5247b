import { Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { ClaudeChannel } from './claude-channel.js';
import { Completer } from './completer.js';
import { DirectoryLint } from './directory-lint.js';
import { Extensions } from './extensions.js';
import { KnownSessions } from './known-sessions.js';
import { LegacyExchange } from './legacy-exchange.js';
import { Listening } from './listening.js';
import { McpController } from './mcp.controller.js';
import { McpDoor } from './mcp-door.js';
import { Prompts } from './prompts.js';
import { Questions } from './questions.js';
import { RequestState } from './request-state.js';
import { Resources } from './resources.js';
import { ServerFactory } from './server-factory.js';
import { SessionIds } from './session-ids.js';
import { SessionMemory } from './session-memory.js';
import { Sessions } from './sessions.js';
import { ToolCalls } from './tool-calls.js';
import { Tools } from './tools.js';
import { unreadableBody } from './unreadable-body.js';

/** The MCP door: operations as tools, resources, prompts and their completions, in every revision of the protocol. */
@Module({
  imports: [DiscoveryModule],
  controllers: [McpController],
  providers: [
    ClaudeChannel,
    Completer,
    DirectoryLint,
    Extensions,
    KnownSessions,
    LegacyExchange,
    Listening,
    McpDoor,
    Prompts,
    Questions,
    RequestState,
    Resources,
    ServerFactory,
    SessionIds,
    SessionMemory,
    Sessions,
    ToolCalls,
    Tools,
  ],
})
export class McpModule implements OnModuleInit {
  constructor(private readonly adapter: HttpAdapterHost) {}

  /** Express finds it after the body parsers and before Nest's own handler of errors. */
  onModuleInit() {
    this.adapter.httpAdapter.use(unreadableBody);
  }
}
