import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret, newId } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { addressKey } from '../../platform/limits/address.js';
import { Allowance } from '../protocol/allowance.js';
import { OauthError } from '../protocol/oauth-error.js';
import { ClientAssertions } from './client-assertions.js';
import type { ClientMetadata } from './client-metadata.js';
import { ClientDocuments } from './documents/client-documents.js';
import { isAddress } from './documents/document-url.js';
import { requestFingerprint } from './fingerprint.js';
import { OauthClient } from './oauth-client.entity.js';
import { UnusedClients } from './unused-clients.js';

/** The client credentials in a request: the id and, unless the client is public, a proof. */
export interface Credentials {
  readonly clientId: string;
  readonly secret?: string;
  /** A JWT signed by the client (RFC 7523). */
  readonly assertion?: string;
}

/** OAuth clients, known by registration or by a metadata document. */
@Injectable()
export class OauthClients {
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
   * Registers a client; `asker` is the sender's address. The secret is returned only here; only its hash is stored.
   * Hosted assistants register again at each connection: identical registrations get the same client and count once.
   */
  async register(metadata: ClientMetadata, asker: string): Promise<{ client: OauthClient; secret?: string }> {
    const fingerprint = requestFingerprint(metadata) ?? null;
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

  /** The client with this id, as last stored. */
  find(clientId: string): Promise<OauthClient | null> {
    if (isAddress(clientId)) return this.documents.known(clientId);
    return this.database.read.findOneBy(OauthClient, { id: clientId, documentUrl: IsNull() });
  }

  /** The client that starts an authorization. Its metadata document is fetched again if it is due. */
  arriving(clientId: string, asker: string): Promise<OauthClient | null> {
    return isAddress(clientId) ? this.documents.newest(clientId, asker) : this.find(clientId);
  }

  /**
   * Finds a client by the internal id that sessions, codes and tickets store; it differs from the client_id of a client
   * document.
   */
  byId(id: string): Promise<OauthClient | null> {
    return this.database.read.findOneBy(OauthClient, { id });
  }

  /** Authenticates a client. The proof of a confidential client is always verified, with or without PKCE. */
  async authenticate({ clientId, secret, assertion }: Credentials): Promise<OauthClient> {
    const client = await this.find(clientId);
    if (!client) throw new OauthError('invalid_client');
    if (assertion !== undefined) await this.assertions.check(assertion, client);
    else if (!client.accepts(secret)) throw new OauthError('invalid_client');
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
