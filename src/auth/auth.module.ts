import { type MiddlewareConsumer, Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../platform/config.js';
import { AdminTokens } from './admin-tokens.js';
import { AuthorizationServer } from './authorization-server.js';
import { AuthorizeController } from './authorize.controller.js';
import { Bearer } from './bearer.middleware.js';
import { ClientsService } from './clients.service.js';
import { ConsentsService } from './consents.service.js';
import { MetadataController } from './metadata.controller.js';
import { NodeOauthServer } from './node-oauth-server.js';
import { OauthCors } from './oauth-cors.middleware.js';
import { CROSS_ORIGIN_PATHS } from './oauth-paths.js';
import { Presence } from './presence.js';
import { PurgeService } from './purge.service.js';
import { RegistrationController } from './registration.controller.js';
import { RevocationController } from './revocation.controller.js';
import { SessionsService } from './sessions.service.js';
import { TokenController } from './token.controller.js';
import { unreadableBody } from './unreadable-body.js';

/** Who is calling: an OAuth 2.1 server, and the middleware that turns its tokens into callers for every route. */
@Module({
  controllers: [MetadataController, RegistrationController, AuthorizeController, TokenController, RevocationController],
  providers: [
    { provide: AdminTokens, inject: [Config], useFactory: ({ dataDir }: Config) => new AdminTokens(dataDir) },
    ClientsService,
    ConsentsService,
    Presence,
    SessionsService,
    PurgeService,
    { provide: AuthorizationServer, useClass: NodeOauthServer },
  ],
})
export class AuthModule implements NestModule, OnModuleInit {
  constructor(private readonly adapter: HttpAdapterHost) {}

  /** Express finds it after the body parsers and before Nest's own handler of errors. */
  onModuleInit() {
    this.adapter.httpAdapter.use(unreadableBody);
  }

  configure(consumer: MiddlewareConsumer) {
    consumer.apply(OauthCors).forRoutes('.well-known/{*path}', ...CROSS_ORIGIN_PATHS);
    // Who reads the metrics is no caller and has a token of another kind.
    consumer.apply(Bearer).exclude('metrics').forRoutes('{*path}');
  }
}
