import { type MiddlewareConsumer, Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../platform/config.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import { Accesses } from './accounts/access/accesses.service.js';
import { PersonalTokens } from './accounts/access/personal-tokens.service.js';
import { TokensController } from './accounts/access/tokens.controller.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { Accounts } from './accounts/accounts.service.js';
import { AccountInvites } from './accounts/invites/account-invites.service.js';
import { OperatorInvites } from './accounts/invites/operator-invites.js';
import { Logins } from './accounts/logins.service.js';
import { AccountController } from './accounts/pages/account.controller.js';
import { SignInController } from './accounts/pages/sign-in.controller.js';
import { SignUpController } from './accounts/pages/sign-up.controller.js';
import { PasskeyChallenges } from './accounts/passkeys/passkey-challenges.service.js';
import { PasskeyLoginController } from './accounts/passkeys/passkey-login.controller.js';
import { PasskeyLogins } from './accounts/passkeys/passkey-logins.service.js';
import { Passkeys } from './accounts/passkeys/passkeys.service.js';
import { PasswordChanges } from './accounts/password-changes.service.js';
import { LoginLimits } from './accounts/passwords/login-limits.js';
import { Passwords } from './accounts/passwords/passwords.service.js';
import { SignUps } from './accounts/sign-ups.service.js';
import { Continuations } from './accounts/web/continuations.service.js';
import { Visitors } from './accounts/web/visitors.service.js';
import { WebSessions } from './accounts/web/web-sessions.service.js';
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
import { JsonFetch, KeyFetch } from './oauth/documents/json-fetch.js';
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
import { UnusedGuests } from './unused-guests.js';

const PAGES = [SignInController, SignUpController, PasskeyLoginController, AccountController];

const ACCOUNTS = [
  Accesses,
  AccountInvites,
  Accounts,
  Continuations,
  LoginLimits,
  Logins,
  PasskeyChallenges,
  PasskeyLogins,
  Passkeys,
  PasswordChanges,
  Passwords,
  PersonalTokens,
  SignUps,
  Visitors,
  WebSessions,
];

/** Who is calling: accounts, an OAuth 2.1 server, and the middleware that turns its tokens into callers for every route. */
@Module({
  controllers: [
    MetadataController,
    RegistrationController,
    AuthorizeController,
    TokenController,
    RevocationController,
    AccountsController,
    TokensController,
    ...PAGES,
  ],
  providers: [
    { provide: AdminTokens, inject: [Config], useFactory: ({ dataDir }: Config) => new AdminTokens(dataDir) },
    {
      provide: OperatorDocuments,
      inject: [Config, LOG],
      useFactory: ({ dataDir }: Config, log: Log) => new OperatorDocuments(dataDir, log),
    },
    UnusedClients,
    JsonFetch,
    KeyFetch,
    DocumentReader,
    ClientDocuments,
    ClientKeys,
    ClientAssertions,
    { provide: OperatorInvites, inject: [Config], useFactory: ({ dataDir }: Config) => new OperatorInvites(dataDir) },
    ...ACCOUNTS,
    ClientsService,
    ConsentsService,
    Presence,
    SessionsService,
    UnusedGuests,
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
