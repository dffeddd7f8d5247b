import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { BoundedTable } from '../../platform/database/bounded-table.js';
import { OauthClient } from './oauth-client.entity.js';

/** The maximum number of clients that never got a token. Anyone can create them, so they must not fill the disk. */
const MAX_UNUSED = 10_000;

/** Limits the number of clients that never got a token, whether registered or from documents. */
@Injectable()
export class UnusedClients extends BoundedTable<OauthClient> {
  constructor() {
    super(OauthClient, 'id', { firstUsedAt: IsNull() }, { createdAt: 'ASC' }, MAX_UNUSED);
  }
}
