import { hashOf, type Program, type Surroundings } from '../../../bot-sdk/bundle-hash.js';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { ExecutedKind } from './executed-text.entity.js';

export interface ExecutedRow {
  readonly hash: string;
  readonly kind: ExecutedKind;
  readonly text: string;
}

/**
 * The rows that store everything executed for a bot. The row of the bundle contains the hashes of the other texts, so
 * that anyone with a receipt can find every text of its `bundle_hash`. The harnesses of Python, and of Node in a
 * container, are identified by the engine (executed-texts/index.json). If the text of the kit is not available, it is
 * left out.
 */
export function rowsOf(
  bundleHash: string,
  program: Program,
  { kit, engine }: Surroundings,
  kitText?: string,
): ExecutedRow[] {
  const { language, executed, className, bundled } = program;
  const rows: ExecutedRow[] = [{ hash: hashOf(executed), kind: 'module', text: executed }];
  const packages: Record<string, string> = {};
  for (const [name, text] of Object.entries(bundled)) {
    const hash = hashOf(text);
    packages[name] = hash;
    rows.push({ hash, kind: 'package', text });
  }
  const isPython = language === 'python';
  if (!isPython && kitText !== undefined) rows.push({ hash: kit, kind: 'kit', text: kitText });
  const parts = {
    language,
    executed: hashOf(executed),
    ...(isPython ? { class_name: className } : { kit }),
    engine,
    bundled: packages,
  };
  return [...rows, { hash: bundleHash, kind: 'bundle', text: canonicalJson(parts) }];
}
