import { setImmediate as released } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { admitCall } from '../../kernel/admission.js';
import type { Caller } from '../../kernel/caller.js';
import { History } from '../../messaging/history.js';
import { CAPS } from '../../platform/limits/caps.js';
import type { Env } from './env.js';
import { SecretMask } from './secret-mask.js';

/** Only the newest part of a log is searched, up to this size. */
const MAX_SEARCHED_BYTES = 4_000_000;
/** The cost of reading an entry, in addition to its text. */
const LOOK_BYTES = 100;
/** How many entries are listed at a time, and how many bytes are searched before other requests are served. */
const MAX_ENTRIES = 500;
const MAX_PAGE_BYTES = 65_536;

/** A part of a log: the entries with `after` < `seq` ≤ `upTo`. */
export interface LogRange {
  readonly channelId: string;
  readonly after: number;
  readonly upTo: number;
}

interface Sized {
  readonly seq: number;
  readonly bytes: number;
}

/**
 * Searches for secrets in what everyone in a channel may read. Secrets and log come from users, so the time is
 * proportional to the size of the text for any secrets; other requests are served between pages, and the total size is
 * limited.
 */
@Injectable()
export class SecretSearch {
  constructor(private readonly history: History) {}

  /** Counts the bytes it reads against the rate limits of `payer`, if given; so it may throw RATE_LIMIT. */
  async finds(tx: EntityManager, env: Env, { channelId, after, upTo }: LogRange, payer?: Caller): Promise<boolean> {
    const mask = new SecretMask(env);
    let [left, unpaid] = [MAX_SEARCHED_BYTES, 0];
    for (let end = upTo; end > after && left > 0; end -= MAX_ENTRIES) {
      const start = Math.max(after, end - MAX_ENTRIES);
      const looked = (end - start) * LOOK_BYTES;
      left -= looked;
      unpaid += looked;
      for (const page of pagesOf(await this.history.openSizes(tx, channelId, start, end))) {
        if (left <= 0) return false;
        const bytes = page.reduce((sum, each) => sum + each.bytes, 0);
        left -= bytes;
        unpaid = await paid(payer, unpaid + bytes);
        const seqs = page.map(({ seq }) => seq);
        const entries = await this.history.entries(tx, channelId, seqs);
        if (entries.some(({ opening }) => mask.finds(JSON.parse(opening)))) return true;
        await released();
      }
    }
    return false;
  }
}

/** Groups entries into pages without changing their order; an entry larger than a page is a page by itself. */
function pagesOf(sizes: readonly Sized[]): Sized[][] {
  const pages: Sized[][] = [];
  let bytes = 0;
  for (const each of sizes) {
    bytes += each.bytes;
    const last = pages.at(-1);
    if (last && bytes <= MAX_PAGE_BYTES) last.push(each);
    else {
      pages.push([each]);
      bytes = each.bytes;
    }
  }
  return pages;
}

/** Charges whole units to the caller and returns the remaining bytes. */
async function paid(caller: Caller | undefined, bytes: number): Promise<number> {
  const cost = Math.floor(bytes / CAPS.unit_bytes.most);
  if (cost && caller) (await admitCall({ caller, cost }))();
  return bytes % CAPS.unit_bytes.most;
}
