import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module.js';
import { challengeTo } from './oauth/bearer/challenge.js';
import { weightOf } from './oauth/bearer/request-weight.js';
import { type Config, ConfigError } from './platform/config/config.js';
import { Database } from './platform/database/database.js';
import { keepPrivate } from './platform/files/private-folder.js';
import { InFlight } from './platform/http/in-flight.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { limitArrival } from './platform/limits/arrival.js';
import { RequestLimits } from './platform/limits/request-limits.js';
import { createLog, nestLogger, requestLog } from './platform/observability/logging.js';
import { limitAddressLength } from './rest/request-shape.js';
import { Runners } from './runtime/runners.js';

/** The system calls that resolve the configured address and listen on it. */
const LISTENING = new Set(['listen', 'bind', 'getaddrinfo']);

/** Creates the whole application, which does not listen yet. */
export async function createServer(config: Config): Promise<NestExpressApplication> {
  const log = createLog(config.logLevel);
  const warning = keepPrivate(config.dataDir, basename(config.databaseFile));
  if (warning) log.warn(warning);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, log), {
    logger: nestLogger(log),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.set('query parser', 'simple');
  app.set('trust proxy', config.limits.trustProxy);
  limitArrival(app.getHttpServer(), config.limits);
  app.disable('x-powered-by');
  // Answers contain private data: nothing between server and client may cache them, unless a route allows it.
  app.disable('etag');
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('cache-control', 'no-store');
    next();
  });
  app.use(requestLog(log));
  const inFlight = app.get(InFlight);
  app.use(inFlight.follow.bind(inFlight));
  app.use(app.get(RequestLimits).around(weightOf), limitAddressLength);
  const database = app.get(Database);
  const causeOf = database.failureOf.bind(database);
  app.useGlobalFilters(new ProblemFilter(log, causeOf, (problem, request) => challengeTo(config, problem, request)));
  return app;
}

/** Listens and returns the port, which differs from the configured one if that is 0. */
export async function listen(app: NestExpressApplication, config: Config): Promise<number> {
  await app.listen(config.port, config.host).catch((error) => {
    if (error.code === 'EADDRINUSE')
      throw new ConfigError(`Port ${config.port} is taken: stop what uses it, or set PORT.`);
    if (LISTENING.has(error.syscall))
      throw new ConfigError(
        `The server cannot listen on HOST=${config.host}, PORT=${config.port} (${error.code}): name an address of this machine.`,
      );
    throw error;
  });
  const { port } = app.getHttpServer().address() as AddressInfo;
  config.listensOn(port);
  app.get(Runners).serve();
  return port;
}
