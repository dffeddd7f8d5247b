import { setImmediate as released } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { enter } from '../../kernel/admission.js';
import type { Caller } from '../../kernel/caller.js';
import { History } from '../../messaging/history.js';
import { CAPS } from '../../platform/limits/caps.js';
import type { Env } from './env.js';
import { SecretMask } from './secret-mask.js';

/** So much of a log is looked at, the newest of it: what was said before that is found by nobody. */
const MAX_SEARCHED_BYTES = 4_000_000;
/** What looking at an entry counts beside its text. */
const LOOK_BYTES = 100;
/** So many entries are asked for at a time, and so many bytes of them searched before others have their turn. */
const MAX_ENTRIES = 500;
const MAX_PAGE_BYTES = 65_536;

/** A part of a log: entries after the first number, up to the second. */
export interface Stretch {
  readonly channelId: string;
  readonly after: number;
  readonly upTo: number;
}

interface Sized {
  readonly seq: number;
  readonly bytes: number;
}

/**
 * Looks for secrets in what everyone in a channel may read. Secrets and log come from strangers, so it takes time in proportion to the
 * text whatever the secrets are, in pages between which the server does other things, and no further back than there is a limit.
 */
@Injectable()
export class SaidSearch {
  constructor(private readonly history: History) {}

  /** Weighs what it reads against the rates of `payer`, where there is one; so it may throw RATE_LIMIT. */
  async finds(tx: EntityManager, env: Env, { channelId, after, upTo }: Stretch, payer?: Caller): Promise<boolean> {
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

/** In the order in which they are given, so many together as fit; a larger one is alone. */
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

/** Answers with what is left to pay: bytes that make no whole unit yet. */
async function paid(caller: Caller | undefined, bytes: number): Promise<number> {
  const cost = Math.floor(bytes / CAPS.unit_bytes.most);
  if (cost && caller) (await enter({ caller, cost }))();
  return bytes % CAPS.unit_bytes.most;
}
