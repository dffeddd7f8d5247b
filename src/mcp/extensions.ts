import type { ServerCapabilities } from '@modelcontextprotocol/server';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { MCP_EXTENSION, type McpExtension, type Serving } from './extension.js';
import type { Handlers } from './handlers.js';

/** Every @ExtendsMcp of the application, in the order of their names. */
@Injectable()
export class Extensions implements OnModuleInit {
  private readonly all: McpExtension[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit() {
    const found = this.discovery
      .getProviders()
      .filter(({ metatype }) => metatype && this.reflector.get(MCP_EXTENSION, metatype))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    this.all.push(...found.map(({ instance }) => instance as McpExtension));
  }

  capabilities(): ServerCapabilities[] {
    return this.all.flatMap(({ capabilities }) => capabilities ?? []);
  }

  extended(handlers: Handlers, serving: Serving): Handlers {
    return this.all.reduce((standing, extension) => extension.extend(standing, serving), handlers);
  }
}
