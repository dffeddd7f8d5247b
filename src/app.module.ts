import { type DynamicModule, Module } from '@nestjs/common';
import { BotAnswersModule } from './bots/bot-answers.module.js';
import { BOTS_ENTITIES } from './bots/bots.entities.js';
import { BotsModule } from './bots/bots.module.js';
import { Bots1700000000400 } from './bots/migrations/1-bots.js';
import { Sandbox1700000000600 } from './bots/migrations/2-sandbox.js';
import { Moderation1700000000700 } from './bots/migrations/3-moderation.js';
import { Debugging1700000001200 } from './bots/migrations/4-debugging.js';
import { Commitments1700000001501 } from './bots/migrations/5-commitments.js';
import { ExecutedTexts1700000001503 } from './bots/migrations/5-executed-texts.js';
import { FairShares1700000001505 } from './bots/migrations/5-fair-shares.js';
import { Play1700000001508 } from './bots/migrations/5-play.js';
import { OwnShares1700000001522 } from './bots/migrations/6-own-shares.js';
import { ToldWaits1700000001521 } from './bots/migrations/6-told-waits.js';
import { Trials1700000001540 } from './bots/migrations/7-trials.js';
import { PeekedOp1700000001561 } from './bots/migrations/8-peeked-op.js';
import { HookClaims1700000001601 } from './bots/migrations/9-hook-claims.js';
import { CHANNELS_ENTITIES } from './channels/channels.entities.js';
import { ChannelsModule } from './channels/channels.module.js';
import { Channels1700000000200 } from './channels/migrations/1-channels.js';
import { MemberKeys1700000001300 } from './channels/migrations/2-member-keys.js';
import { ChannelModes1700000001302 } from './channels/migrations/3-channel-modes.js';
import { ProtocolSeats1700000001500 } from './channels/migrations/4-protocol-seats.js';
import { SeatTenures1700000001507 } from './channels/migrations/4-seat-tenures.js';
import { GuideModule } from './guide/guide.module.js';
import { IDENTITY_ENTITIES } from './identity/identity.entities.js';
import { IdentityModule } from './identity/identity.module.js';
import { Accounts1700000001000 } from './identity/migrations/1-accounts.js';
import { MCP_ENTITIES } from './mcp/mcp.entities.js';
import { McpModule } from './mcp/mcp.module.js';
import { KeptSessions1700000001400 } from './mcp/migrations/1-kept-sessions.js';
import { EntryLeavesModule } from './messaging/entry-leaves.module.js';
import { MESSAGING_ENTITIES } from './messaging/messaging.entities.js';
import { MessagingModule } from './messaging/messaging.module.js';
import { Messaging1700000000300 } from './messaging/migrations/1-messaging.js';
import { Signatures1700000001301 } from './messaging/migrations/2-signatures.js';
import { Quarantine1700000001303 } from './messaging/migrations/3-quarantine.js';
import { Attendance1700000001502 } from './messaging/migrations/4-attendance.js';
import { EntropyGivers1700000001520 } from './messaging/migrations/5-entropy-givers.js';
import { BearerModule } from './oauth/bearer.module.js';
import { Auth1 } from './oauth/migrations/1-auth.js';
import { UnusedClients1700000000500 } from './oauth/migrations/2-unused-clients.js';
import { Roles1700000000800 } from './oauth/migrations/3-roles.js';
import { ClientDocuments1700000001100 } from './oauth/migrations/4-client-documents.js';
import { BoundConsent1700000001506 } from './oauth/migrations/5-bound-consent.js';
import { OAUTH_ENTITIES } from './oauth/oauth.entities.js';
import { OauthModule } from './oauth/oauth.module.js';
import { PagesModule } from './pages/pages.module.js';
import type { Config } from './platform/config/config.js';
import type { Schema } from './platform/database/database.js';
import { Processes1700000001600 } from './platform/migrations/1-processes.js';
import type { Log } from './platform/observability/logging.js';
import { PLATFORM_ENTITIES } from './platform/platform.entities.js';
import { PlatformModule } from './platform/platform.module.js';
import { LogSealModule } from './proofs/log-seal.module.js';
import { Proofs1700000001700 } from './proofs/migrations/1-proofs.js';
import { PROOFS_ENTITIES } from './proofs/proofs.entities.js';
import { ProofsModule } from './proofs/proofs.module.js';
import { BodiesModule } from './rest/bodies.module.js';
import { RestModule } from './rest/rest.module.js';
import { TranscriptsModule } from './transcripts/transcripts.module.js';

/** Every table, in the order of the line of modules. */
export const APP_SCHEMA: Schema = {
  entities: [
    ...PLATFORM_ENTITIES,
    ...IDENTITY_ENTITIES,
    ...OAUTH_ENTITIES,
    ...CHANNELS_ENTITIES,
    ...PROOFS_ENTITIES,
    ...MESSAGING_ENTITIES,
    ...BOTS_ENTITIES,
    ...MCP_ENTITIES,
  ],
  migrations: [
    Auth1,
    Channels1700000000200,
    Messaging1700000000300,
    Bots1700000000400,
    UnusedClients1700000000500,
    Sandbox1700000000600,
    Moderation1700000000700,
    Roles1700000000800,
    Accounts1700000001000,
    ClientDocuments1700000001100,
    Debugging1700000001200,
    MemberKeys1700000001300,
    Signatures1700000001301,
    ChannelModes1700000001302,
    Quarantine1700000001303,
    KeptSessions1700000001400,
    ProtocolSeats1700000001500,
    Commitments1700000001501,
    Attendance1700000001502,
    ExecutedTexts1700000001503,
    FairShares1700000001505,
    BoundConsent1700000001506,
    SeatTenures1700000001507,
    Play1700000001508,
    EntropyGivers1700000001520,
    ToldWaits1700000001521,
    OwnShares1700000001522,
    Trials1700000001540,
    PeekedOp1700000001561,
    Processes1700000001600,
    HookClaims1700000001601,
    Proofs1700000001700,
  ],
};

@Module({})
export class AppModule {
  static with(config: Config, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, APP_SCHEMA, log),
        IdentityModule,
        OauthModule,
        PagesModule,
        BearerModule,
        BodiesModule,
        ChannelsModule,
        ProofsModule,
        LogSealModule,
        EntryLeavesModule,
        MessagingModule,
        BotsModule,
        BotAnswersModule,
        TranscriptsModule,
        GuideModule,
        RestModule,
        McpModule,
      ],
    };
  }
}
