import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { ServerKey } from '../../platform/secrets/server-key.js';

/** The first half of an id is random, the second half authenticates its owner. */
const HALF = 8;

/**
 * Creates session ids that the server recognizes after a restart, because many clients do not start a new session when
 * theirs is unknown. An id is not a secret and grants no access.
 */
@Injectable()
export class SessionIds {
  private key?: Buffer;

  constructor(private readonly config: Config) {}

  issue(owner: string): string {
    const chance = randomBytes(HALF);
    return Buffer.concat([chance, this.mark(chance, owner)]).toString('hex');
  }

  isIssued(id: string, owner: string): boolean {
    const bytes = Buffer.from(id, 'hex');
    if (id.length !== 4 * HALF || bytes.length !== 2 * HALF) return false;
    return timingSafeEqual(bytes.subarray(HALF), this.mark(bytes.subarray(0, HALF), owner));
  }

  private mark(chance: Buffer, owner: string): Buffer {
    const { dataDir, publicUrl } = this.config;
    // Created on first use: the key depends on the server's name, which is known only once it listens.
    this.key ??= ServerKey.of(dataDir, new URL(publicUrl).host).derived('MCP session ids');
    return createHmac('sha256', this.key).update(chance).update(owner).digest().subarray(0, HALF);
  }
}
