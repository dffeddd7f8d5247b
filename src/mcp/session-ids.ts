import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { ServerKey } from '../platform/server-key.js';

/** Half of an id is chance, the other half says who it was given to. */
const HALF = 8;

/**
 * Ids of sessions that the server knows again as its own, whatever it has forgotten: clients do not begin anew when they
 * are told that their session is unknown. An id is no secret and lets nobody in.
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
    // Read when it is first needed: the server's name, which its key is stored with, is known once it listens.
    this.key ??= ServerKey.of(dataDir, new URL(publicUrl).host).derived('MCP session ids');
    return createHmac('sha256', this.key).update(chance).update(owner).digest().subarray(0, HALF);
  }
}
