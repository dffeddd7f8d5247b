import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { Database } from '../../../platform/database/database.js';
import { OauthError } from '../../protocol/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';
import { OauthClient } from '../oauth-client.entity.js';
import { UnusedClients } from '../unused-clients.js';
import { readClientDocument } from './client-document.js';
import { DocumentReader } from './document-reader.js';
import { documentUrl } from './document-url.js';
import { JsonFetch } from './json-fetch.js';
import { OperatorDocuments } from './operator-documents.js';
import { documentFor, PINNED_DOCUMENTS, type PinnedDocument } from './pinned-documents.js';

/** Clients identified by the URL of their metadata document instead of a registration. */
@Injectable()
export class ClientDocuments {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly web: JsonFetch,
    private readonly reader: DocumentReader,
    private readonly operator: OperatorDocuments,
    private readonly unused: UnusedClients,
  ) {}

  /** The client as stored when its document was last read. */
  async known(address: string): Promise<OauthClient | null> {
    return this.database.read.findOneBy(OauthClient, { id: idOf(address), documentUrl: address });
  }

  /**
   * The client by its current document, which is fetched if it is due. If that fails, the first of these counts: the
   * operator's copy, the last stored version, the built-in copy. Throws an OauthError if there is none.
   */
  async newest(address: string, asker: string): Promise<OauthClient> {
    const url = documentUrl(address);
    if (!url)
      throw new OauthError(
        'invalid_client',
        'A client_id that is a URL must be https, have a path and be in its normal form.',
      );
    if (!this.web.allows(url)) return this.fallback(url, null, [], NOT_ALLOWED);
    const known = await this.known(address);
    if (known?.freshUntil && known.freshUntil > this.clock.now()) return known;
    try {
      return await this.reader.read(url, asker, ({ metadata, freshMs }) =>
        this.keep(url, metadata, this.clock.now() + freshMs),
      );
    } catch (error) {
      if (!(error instanceof OauthError)) throw error;
      return this.fallback(url, known, PINNED_DOCUMENTS, error);
    }
  }

  private async fallback(url: URL, known: OauthClient | null, pinned: readonly PinnedDocument[], failure: OauthError) {
    const own = documentFor(url.href, await this.operator.all());
    if (!own && known?.freshUntil) return known;
    const copy = own ?? documentFor(url.href, pinned);
    if (!copy) throw failure;
    return this.keep(url, readClientDocument(copy, url), null);
  }

  private keep(
    url: URL,
    { name, authMethod, redirectUris, grantTypes, jwks, jwksUri }: ClientMetadata,
    freshUntil: number | null,
  ) {
    const said = { name, authMethod, redirectUris, grantTypes, jwks, jwksUri, freshUntil, createdAt: this.clock.now() };
    return this.database.write(async (tx) => {
      const id = idOf(url.href);
      const client = await tx.findOneBy(OauthClient, { id });
      if (!client) await this.unused.makeRoom(tx);
      const newcomer = { id, documentUrl: url.href, secretHash: null, fingerprint: null, firstUsedAt: null };
      return tx.save(Object.assign(client ?? Object.assign(new OauthClient(), newcomer), said));
    });
  }
}

/**
 * The internal id of a document URL. It is the same on every server and after every restart, because sessions and
 * consents refer to it.
 */
const idOf = (address: string) => `doc_${createHash('sha256').update(address).digest('hex').slice(0, 32)}`;

const NOT_ALLOWED = new OauthError('invalid_client', 'Apps from that host are not allowed on this server.');
