import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { Config } from '../platform/config/config.js';
import type { Log } from '../platform/observability/logging.js';
import { LOG } from '../platform/platform.module.js';
import { AccountAccesses } from './access/account-accesses.service.js';
import { PersonalTokens } from './access/personal-tokens.service.js';
import { TokensController } from './access/tokens.controller.js';
import { AdminTokens } from './bearer/admin-tokens.js';
import { Callers } from './bearer/callers.service.js';
import { ClientAssertions } from './clients/client-assertions.js';
import { ClientKeys } from './clients/client-keys.js';
import { OauthClients } from './clients/clients.service.js';
import { ClientDocuments } from './clients/documents/client-documents.js';
import { DocumentReader } from './clients/documents/document-reader.js';
import { JsonFetch, KeyFetch } from './clients/documents/json-fetch.js';
import { OperatorDocuments } from './clients/documents/operator-documents.js';
import { UnusedClients } from './clients/unused-clients.js';
import { Consents } from './consent/consents.service.js';
import { Approvals } from './endpoints/approvals.service.js';
import { AuthorizeController } from './endpoints/authorize.controller.js';
import { MetadataController } from './endpoints/metadata.controller.js';
import { RegistrationController } from './endpoints/registration.controller.js';
import { RevocationController } from './endpoints/revocation.controller.js';
import { TokenController } from './endpoints/token.controller.js';
import { AuthorizationServer } from './grants/authorization-server.js';
import { NodeOauthServer } from './grants/node-oauth-server.js';
import { OauthPurge } from './oauth-purge.js';
import { AccountSessions } from './sessions/account-sessions.js';
import { ActiveRequests } from './sessions/active-requests.js';
import { Sessions } from './sessions/sessions.service.js';
import { TokenCopies } from './sessions/token-copies.service.js';
import { UnusedGuests } from './sessions/unused-guests.js';

const CLIENTS = [
  UnusedClients,
  JsonFetch,
  KeyFetch,
  DocumentReader,
  ClientDocuments,
  ClientKeys,
  ClientAssertions,
  OauthClients,
];

/** The OAuth 2.1 server: clients, consents, sessions and tokens. */
@Module({
  imports: [IdentityModule],
  controllers: [
    MetadataController,
    RegistrationController,
    AuthorizeController,
    TokenController,
    RevocationController,
    TokensController,
  ],
  providers: [
    { provide: AdminTokens, inject: [Config], useFactory: ({ dataDir }: Config) => new AdminTokens(dataDir) },
    {
      provide: OperatorDocuments,
      inject: [Config, LOG],
      useFactory: ({ dataDir }: Config, log: Log) => new OperatorDocuments(dataDir, log),
    },
    ...CLIENTS,
    AccountAccesses,
    AccountSessions,
    Approvals,
    Callers,
    Consents,
    OauthPurge,
    PersonalTokens,
    ActiveRequests,
    TokenCopies,
    Sessions,
    UnusedGuests,
    { provide: AuthorizationServer, useClass: NodeOauthServer },
  ],
  exports: [AccountAccesses, Callers, Consents, PersonalTokens],
})
export class OauthModule {}
