import { type MiddlewareConsumer, Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Bearer } from './bearer/bearer.middleware.js';
import { OauthModule } from './oauth.module.js';
import { earlyOauthError } from './protocol/early-errors.js';
import { OauthCors } from './protocol/oauth-cors.middleware.js';
import { CROSS_ORIGIN_PATHS } from './protocol/oauth-paths.js';

/**
 * Runs the bearer check before every route. No other module may import this one: Nest runs the middleware of an
 * imported module later, but the caller must be known before `BodiesModule` reads a body.
 */
@Module({ imports: [OauthModule] })
export class BearerModule implements NestModule, OnModuleInit {
  constructor(private readonly adapter: HttpAdapterHost) {}

  /** Registers the error handler after the body parsers and before Nest's own error handler. */
  onModuleInit() {
    this.adapter.httpAdapter.use(earlyOauthError);
  }

  configure(consumer: MiddlewareConsumer) {
    consumer.apply(OauthCors).forRoutes('.well-known/{*path}', ...CROSS_ORIGIN_PATHS);
    // The metrics endpoint has a token of another kind.
    consumer.apply(Bearer).exclude('metrics').forRoutes('{*path}');
  }
}
