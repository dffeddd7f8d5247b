import type { Json, JsonObject } from '../../bot-sdk/contract.js';

/** A run whose receipt is open. */
export interface OpenRun {
  readonly botId: string;
  readonly run: number;
}

/**
 * What the entries of a transcript refer to: sources, executed texts, states and recorded answers. Collected while the
 * entries are written; it follows from them alone, so the same entries give the same file.
 */
export class Referenced {
  readonly sources = new Set<string>();
  readonly bundles = new Set<string>();
  readonly states = new Set<string>();
  /** The runs that used the network. */
  readonly runs: OpenRun[] = [];
  private readonly withSecrets = new Set<Json | undefined>();

  /** An entry of the server that announces what a bot executes. */
  announcement({ type, bot_id, code_hash, bundle_hash, env_keys }: JsonObject) {
    if (type !== 'bot:attach' && type !== 'bot:runtime') return;
    add(this.sources, code_hash);
    add(this.bundles, bundle_hash);
    if (env_keys !== undefined) this.withSecrets.add(bot_id);
  }

  /** An open receipt. The state of a bot that has secrets may contain them, so it is left out. */
  receipt({ bot_id, run, code_hash, bundle_hash, state_before, fetches, env_commit }: JsonObject) {
    add(this.sources, code_hash);
    add(this.bundles, bundle_hash);
    if (env_commit !== undefined) this.withSecrets.add(bot_id);
    if (!this.withSecrets.has(bot_id)) add(this.states, state_before);
    if (Array.isArray(fetches) && fetches.length) this.runs.push({ botId: String(bot_id), run: Number(run) });
  }
}

function add(hashes: Set<string>, hash: Json | undefined) {
  if (typeof hash === 'string') hashes.add(hash);
}
