import { Injectable } from '@nestjs/common';
import { BoundedMap } from '../../kernel/bounded-map.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { RowStatement } from '../../platform/database/statements.js';
import { AccessToken } from './access-token.entity.js';
import { ActiveRequests } from './active-requests.js';

/** A change by another process applies after so many milliseconds even if its signal is lost. */
const MAX_AGE_MS = 5_000;
const MAX_COPIES = 10_000;

const BY_HASH = new RowStatement<AccessToken, { hash: string }>(AccessToken, 'access_token', 'WHERE hash = :hash');

interface Copy {
  readonly token: AccessToken;
  readonly readAt: number;
  readonly changes: number;
}

/** Copies of the access tokens in use, because every request needs one. */
@Injectable()
export class TokenCopies {
  private readonly copies = new BoundedMap<Copy>(MAX_COPIES);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly activeRequests: ActiveRequests,
  ) {}

  /** The token with this hash, as it is now or, after a change by another process, was at most MAX_AGE_MS ago. */
  async of(hash: string): Promise<AccessToken | null> {
    const { changes } = this.activeRequests;
    const readAt = this.clock.now();
    const copy = this.copies.get(hash);
    if (copy?.changes === changes && readAt < copy.readAt + MAX_AGE_MS) return copy.token;
    const token = await BY_HASH.first(this.database.read, { hash });
    if (token) this.copies.set(hash, { token, readAt, changes });
    else this.copies.delete(hash);
    return token;
  }
}
