import { hashOf, type Program, type Surroundings } from '../../bot-sdk/bundle-hash.js';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { ExecutedKind } from './executed-text.entity.js';

export interface ExecutedRow {
  readonly hash: string;
  readonly kind: ExecutedKind;
  readonly text: string;
}

/**
 * The rows that keep what is executed for a bot. That of the bundle names the others by hash, so that whoever has a receipt finds
 * every text behind its `bundle_hash`. A Python harness, and that of Node in a container, are named by the engine
 * (executed-texts/index.json). Without its text the kit is left out.
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
