import { Server } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { VERSION } from '../../platform/config/version.js';
import { install } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { RequestState } from '../requests/request-state.js';
import { ABOUT_PUSHES, ClaudeChannel } from '../resources/claude-channel.js';
import { Extensions } from './extensions.js';
import { ICONS } from './icon.js';
import { INSTRUCTIONS } from './instructions.js';
import { RequestHandlers } from './request-handlers.js';

/**
 * Creates a protocol server per request. It uses the SDK's low-level Server: operations validate their input and report
 * problems themselves, which McpServer would replace by its own text.
 */
@Injectable()
export class ServerFactory {
  constructor(
    private readonly handlers: RequestHandlers,
    private readonly claude: ClaudeChannel,
    private readonly extensions: Extensions,
    private readonly state: RequestState,
  ) {}

  create(requestContext: McpRequestContext): Server {
    const pushes = requestContext.era === 'legacy' ? this.claude.capability : undefined;
    const server = new Server(
      { name: 'parley', title: 'Parley', version: VERSION, icons: ICONS },
      {
        capabilities: { ...CAPABILITIES, ...pushes },
        instructions: pushes ? `${INSTRUCTIONS}\n${ABOUT_PUSHES}` : INSTRUCTIONS,
        jsonSchemaValidator: NEVER_ASKED,
        requestState: { verify: (state, context) => this.state.codec.verify(state, context) },
      },
    );
    for (const more of this.extensions.capabilities()) server.registerCapabilities(more);
    const serving = { requestContext, state: this.state.codec };
    install(server, this.extensions.extended(this.handlers.for(requestContext), serving));
    return server;
  }
}

const CAPABILITIES = {
  tools: { listChanged: false },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: false },
  completions: {},
};

/** Disables the SDK's JSON Schema compiler, which would be created for each server; we validate answers ourselves. */
const NEVER_ASKED = {
  getValidator: () => {
    throw new Error('nothing is checked here');
  },
};
