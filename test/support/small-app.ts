import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type MiddlewareConsumer, Module, type NestModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { MCP_ENTITIES } from '../../src/mcp/mcp.entities.js';
import { McpModule } from '../../src/mcp/mcp.module.js';
import { KeptSessions1700000001400 } from '../../src/mcp/migrations/1-kept-sessions.js';
import { readConfig } from '../../src/platform/config/config.js';
import { ProblemFilter } from '../../src/platform/http/problem.filter.js';
import { createLog, nestLogger, requestLog } from '../../src/platform/observability/logging.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { RestModule } from '../../src/rest/rest.module.js';
import { scratchFolder } from './scratch.js';

/**
 * Both doors in front of a test's own operations, in this process: for what no operation of ours does, such as being
 * slow or saying `<script>`. The bearer token is the caller's name; it covers the scope `channels`.
 */
export async function startSmallApp(controller: Type): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = scratchFolder('parley-small-');
  const config = readConfig({ DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent' }, join(folder, '.env'));
  const log = createLog(config.logLevel);

  @Module({
    imports: [
      PlatformModule.with(config, { entities: MCP_ENTITIES, migrations: [KeptSessions1700000001400] }, log),
      RestModule,
      McpModule,
    ],
    controllers: [controller],
  })
  class SmallApp implements NestModule {
    configure(consumer: MiddlewareConsumer) {
      consumer.apply(callerFromToken).forRoutes('{*path}');
    }
  }
  const app = await NestFactory.create<NestExpressApplication>(SmallApp, {
    logger: nestLogger(log),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  const end = async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  };
  app.use(requestLog(log));
  app.useBodyParser('json', { limit: '1mb', strict: false });
  app.useGlobalFilters(
    new ProblemFilter(
      log,
      (error) => error,
      () => 'Bearer',
    ),
  );
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await end();
    throw error;
  }
  config.listensOn((app.getHttpServer().address() as AddressInfo).port);
  return { url: config.publicUrl, [Symbol.asyncDispose]: end };
}

function callerFromToken(request: Request, _: Response, next: NextFunction) {
  const name = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (name)
    request.caller = { accountId: name, clientId: 'test', sessionId: name, name, role: 'guest', scopes: ['channels'] };
  next();
}
