import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret, newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { Crowd } from '../crowd.js';
import { newToken } from '../secrets.js';
import type { ClientMetadata } from './client-metadata.js';
import { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';

/** Clients that never got a token. Registering needs nothing, so there may be no more of them than a disk does not notice. */
const MOST_UNUSED = 10_000;

/** What a request says about its client: the id, and the secret where there is one. */
export interface Credentials {
  readonly clientId: string;
  readonly secret?: string;
}

/** The programs that registered here. */
@Injectable()
export class ClientsService {
  private readonly unused = new Crowd(OauthClient, 'id', { firstUsedAt: IsNull() }, { createdAt: 'ASC' }, MOST_UNUSED);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The secret is told here once and can never be asked for again. */
  async register(metadata: ClientMetadata): Promise<{ client: OauthClient; secret?: string }> {
    const secret = metadata.authMethod === 'none' ? undefined : newToken('pcs');
    const client = Object.assign(new OauthClient(), metadata, {
      id: newId('cli'),
      secretHash: secret === undefined ? null : hashOfSecret(secret),
      createdAt: this.clock.now(),
      firstUsedAt: null,
    });
    await this.database.write(async (tx) => {
      await this.unused.makeRoom(tx);
      await tx.insert(OauthClient, client);
    });
    return { client, secret };
  }

  find(clientId: string): Promise<OauthClient | null> {
    return this.database.read.findOneBy(OauthClient, { id: clientId });
  }

  /** The client if it proves to be it. The secret of a confidential client is always checked, with PKCE or without. */
  async authenticate({ clientId, secret }: Credentials): Promise<OauthClient> {
    const client = await this.find(clientId);
    if (!client?.accepts(secret)) throw new OauthFailure('invalid_client');
    return client;
  }
}
