import { type MiddlewareConsumer, Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../platform/config.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import { AdminTokens } from './admin-tokens.js';
import { Bearer } from './bearer.middleware.js';
import { AuthorizationServer } from './oauth/authorization-server.js';
import { AuthorizeController } from './oauth/authorize.controller.js';
import { ClientAssertions } from './oauth/client-assertions.js';
import { ClientKeys } from './oauth/client-keys.js';
import { ClientsService } from './oauth/clients.service.js';
import { ConsentsService } from './oauth/consents.service.js';
import { ClientDocuments } from './oauth/documents/client-documents.js';
import { DocumentReader } from './oauth/documents/document-reader.js';
import { JsonFetch } from './oauth/documents/json-fetch.js';
import { OperatorDocuments } from './oauth/documents/operator-documents.js';
import { MetadataController } from './oauth/metadata.controller.js';
import { NodeOauthServer } from './oauth/node-oauth-server.js';
import { OauthCors } from './oauth/oauth-cors.middleware.js';
import { CROSS_ORIGIN_PATHS } from './oauth/oauth-paths.js';
import { RegistrationController } from './oauth/registration.controller.js';
import { RevocationController } from './oauth/revocation.controller.js';
import { TokenController } from './oauth/token.controller.js';
import { unreadableBody } from './oauth/unreadable-body.js';
import { UnusedClients } from './oauth/unused-clients.js';
import { Presence } from './presence.js';
import { PurgeService } from './purge.service.js';
import { SessionsService } from './sessions.service.js';

/** Who is calling: an OAuth 2.1 server, and the middleware that turns its tokens into callers for every route. */
@Module({
  controllers: [MetadataController, RegistrationController, AuthorizeController, TokenController, RevocationController],
  providers: [
    { provide: AdminTokens, inject: [Config], useFactory: ({ dataDir }: Config) => new AdminTokens(dataDir) },
    {
      provide: OperatorDocuments,
      inject: [Config, LOG],
      useFactory: ({ dataDir }: Config, log: Log) => new OperatorDocuments(dataDir, log),
    },
    UnusedClients,
    JsonFetch,
    DocumentReader,
    ClientDocuments,
    ClientKeys,
    ClientAssertions,
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
