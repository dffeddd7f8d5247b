import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { ExecutedTexts } from '../bots/code/executed-texts.service.js';
import { Sources } from '../bots/code/sources.service.js';
import { Database } from '../platform/database/database.js';
import type { Pieces } from './canonical-pieces.js';
import type { Referenced } from './referenced.js';

/** The texts of bots in a transcript: their sources, and what was executed. What is not stored is left out. */
@Injectable()
export class BotTexts {
  constructor(
    private readonly database: Database,
    private readonly stored: Sources,
    private readonly texts: ExecutedTexts,
  ) {}

  /** Members of an object: each source by its `code_hash`. */
  async *sources({ sources }: Referenced): Pieces {
    for (const hash of [...sources].sort()) {
      const code = await this.stored.find(this.database.read, hash);
      if (code) yield memberOf(hash, { language: code.language, text: code.source });
    }
  }

  /** Members of an object: each executed text by its hash. A bundle names the other texts. */
  async *executed({ bundles }: Referenced): Pieces {
    const named = new Set(bundles);
    for (const hash of bundles) {
      const bundle = await this.texts.find(this.database.read, hash);
      for (const part of bundle ? partsOf(bundle.text) : []) named.add(part);
    }
    for (const hash of [...named].sort()) {
      const found = await this.texts.find(this.database.read, hash);
      if (found) yield memberOf(hash, { kind: found.kind, text: found.text });
    }
  }
}

const memberOf = (hash: string, value: object) => `"${hash}":${canonicalJson(value)}`;

/** The hashes in the text of a bundle (docs/bundle-format.md). */
function partsOf(text: string): string[] {
  const { executed, kit, bundled } = JSON.parse(text) as {
    executed: string;
    kit?: string;
    bundled: Record<string, string>;
  };
  return [executed, ...(kit === undefined ? [] : [kit]), ...Object.values(bundled)];
}
