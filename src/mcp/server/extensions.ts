import type { ServerCapabilities } from '@modelcontextprotocol/server';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { MCP_EXTENSION, type McpExtension, type Serving } from '../requests/extension.js';
import type { Handlers } from '../requests/handlers.js';

/** All @ExtendsMcp of the application, sorted by name. */
@Injectable()
export class Extensions implements OnModuleInit {
  private readonly all: McpExtension[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit() {
    const providers = this.discovery
      .getProviders()
      .filter(({ metatype }) => metatype && this.reflector.get(MCP_EXTENSION, metatype))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    this.all.push(...providers.map(({ instance }) => instance as McpExtension));
  }

  capabilities(): ServerCapabilities[] {
    return this.all.flatMap(({ capabilities }) => capabilities ?? []);
  }

  extended(handlers: Handlers, serving: Serving): Handlers {
    return this.all.reduce((standing, extension) => extension.extend(standing, serving), handlers);
  }
}
