import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret, newId } from '../../kernel/ids.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { addressKey } from '../../platform/limits/address.js';
import { newToken } from '../secrets.js';
import { Allowance } from './allowance.js';
import { ClientAssertions } from './client-assertions.js';
import type { ClientMetadata } from './client-metadata.js';
import { ClientDocuments } from './documents/client-documents.js';
import { isAddress } from './documents/document-url.js';
import { fingerprintOf } from './fingerprint.js';
import { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';
import { UnusedClients } from './unused-clients.js';

/** What a request says about its client: the id, and a proof where there is one. */
export interface Credentials {
  readonly clientId: string;
  readonly secret?: string;
  /** A JWT that the client has signed (RFC 7523). */
  readonly assertion?: string;
}

/** The programs that registered here, or that a metadata document speaks for. */
@Injectable()
export class ClientsService {
  private readonly newcomers: Allowance | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly documents: ClientDocuments,
    private readonly assertions: ClientAssertions,
    private readonly unused: UnusedClients,
    { registrationsPerHour }: Config,
  ) {
    this.newcomers = registrationsPerHour ? new Allowance(registrationsPerHour, 3_600) : undefined;
  }

  /**
   * A client for what was said, from the address `asker`. The secret is told here once and can never be asked for again. Hosted
   * assistants register the same at each connection; that gives them the same client, and counts as nothing.
   */
  async register(metadata: ClientMetadata, asker: string): Promise<{ client: OauthClient; secret?: string }> {
    const fingerprint = fingerprintOf(metadata) ?? null;
    const again = fingerprint && (await this.database.read.existsBy(OauthClient, { fingerprint }));
    if (!again) await this.newcomers?.take(addressKey(asker));
    const secret = metadata.authMethod.startsWith('client_secret') ? newToken('pcs') : undefined;
    const client = Object.assign(new OauthClient(), metadata, {
      id: newId('cli'),
      secretHash: secret === undefined ? null : hashOfSecret(secret),
      documentUrl: null,
      freshUntil: null,
      fingerprint,
      createdAt: this.clock.now(),
      firstUsedAt: null,
    });
    return { client: await this.keep(client), secret };
  }

  /** Who calls itself that, as far as we know. */
  find(clientId: string): Promise<OauthClient | null> {
    if (isAddress(clientId)) return this.documents.known(clientId);
    return this.database.read.findOneBy(OauthClient, { id: clientId, documentUrl: IsNull() });
  }

  /** Who comes to be approved under that name: a metadata document is looked at again when it is due. */
  arriving(clientId: string, asker: string): Promise<OauthClient | null> {
    return isAddress(clientId) ? this.documents.newest(clientId, asker) : this.find(clientId);
  }

  /** By the id that sessions, codes and tickets hold, which is not always what the client calls itself. */
  byId(id: string): Promise<OauthClient | null> {
    return this.database.read.findOneBy(OauthClient, { id });
  }

  /** The client if it proves to be it. The proof of a confidential client is always checked, with PKCE or without. */
  async authenticate({ clientId, secret, assertion }: Credentials): Promise<OauthClient> {
    const client = await this.find(clientId);
    if (!client) throw new OauthFailure('invalid_client');
    if (assertion !== undefined) await this.assertions.check(assertion, client);
    else if (!client.accepts(secret)) throw new OauthFailure('invalid_client');
    return client;
  }

  private keep(client: OauthClient): Promise<OauthClient> {
    const { fingerprint, createdAt } = client;
    return this.database.write(async (tx) => {
      const same = fingerprint ? await tx.findOneBy(OauthClient, { fingerprint }) : null;
      if (!same) await this.unused.makeRoom(tx);
      return tx.save(Object.assign(same ?? client, { createdAt }));
    });
  }
}
