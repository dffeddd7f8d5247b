import { Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { KnownSessions } from './http/known-sessions.js';
import { LegacyExchange } from './http/legacy-exchange.js';
import { McpController } from './http/mcp.controller.js';
import { McpDoor } from './http/mcp-door.js';
import { ModernExchange } from './http/modern-exchange.js';
import { RemoteSessions } from './http/remote-sessions.js';
import { SubscriptionStreams } from './http/subscription-streams.js';
import { unreadableMcpBody } from './http/unreadable-body.js';
import { WithoutToken } from './http/without-token.js';
import { Completer } from './prompts/completer.js';
import { Prompts } from './prompts/prompts.js';
import { RequestState } from './requests/request-state.js';
import { ClaudeChannel } from './resources/claude-channel.js';
import { Resources } from './resources/resources.js';
import { Extensions } from './server/extensions.js';
import { RequestHandlers } from './server/request-handlers.js';
import { ServerFactory } from './server/server-factory.js';
import { McpSessions } from './sessions/mcp-sessions.js';
import { SessionIds } from './sessions/session-ids.js';
import { SessionMemory } from './sessions/session-memory.js';
import { DirectoryLint } from './tools/directory-lint.js';
import { Elicitations } from './tools/elicitations.js';
import { ToolCalls } from './tools/tool-calls.js';
import { Tools } from './tools/tools.js';

/** The MCP door: operations as tools, resources, prompts and completions, in every revision of the protocol. */
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
    SubscriptionStreams,
    McpDoor,
    ModernExchange,
    Prompts,
    RemoteSessions,
    Elicitations,
    RequestHandlers,
    RequestState,
    Resources,
    ServerFactory,
    SessionIds,
    SessionMemory,
    McpSessions,
    ToolCalls,
    Tools,
    WithoutToken,
  ],
})
export class McpModule implements OnModuleInit {
  constructor(private readonly adapter: HttpAdapterHost) {}

  /** Registers the error handler after the body parsers and before Nest's own error handler. */
  onModuleInit() {
    this.adapter.httpAdapter.use(unreadableMcpBody);
  }
}
