import { Server } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { VERSION } from '../platform/version.js';
import type { Asking } from './asking.js';
import { ABOUT_PUSHES, ClaudeChannel } from './claude-channel.js';
import { Completer } from './completer.js';
import { counted } from './counted.js';
import { Extensions } from './extensions.js';
import { type Handlers, install } from './handlers.js';
import { ICONS } from './icon.js';
import { INSTRUCTIONS } from './instructions.js';
import { Prompts } from './prompts.js';
import { RequestState } from './request-state.js';
import { Resources } from './resources.js';
import { ToolCalls } from './tool-calls.js';

/**
 * The MCP side of what the application declares: a fresh protocol server for each request, in either era. The low-level
 * Server, because an operation checks its input itself and answers a bad one as a problem, where McpServer would put its
 * own words.
 */
@Injectable()
export class ServerFactory {
  constructor(
    private readonly tools: ToolCalls,
    private readonly resources: Resources,
    private readonly prompts: Prompts,
    private readonly completer: Completer,
    private readonly claude: ClaudeChannel,
    private readonly extensions: Extensions,
    private readonly state: RequestState,
  ) {}

  create(asking: Asking): Server {
    const pushes = asking.era === 'legacy' ? this.claude.capability : undefined;
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
    const own: Handlers = {
      ...this.tools.handlers(asking),
      ...this.resources.handlers(asking),
      ...this.prompts.handlers(asking),
      ...this.completer.handlers(asking),
    };
    install(server, this.extensions.extended(counted(own, asking), { asking, state: this.state.codec }));
    return server;
  }
}

const CAPABILITIES = {
  tools: { listChanged: false },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: false },
  completions: {},
};

/** The SDK would build a JSON Schema compiler for each server; what a question brings back we check ourselves. */
const NEVER_ASKED = {
  getValidator: () => {
    throw new Error('nothing is checked here');
  },
};
