import { canonicalJson } from '../encoding/canonical-json.js';
import { bytesOf, namedHash } from '../encoding/hashes.js';
import { type JsonObject, readJson } from '../encoding/json.js';
import type { Bundle } from './bundle.js';
import { hash, object, objectOf, oneOf, ShapeError, text } from './shape.js';

/** Everything that is executed for a bot, found by its `bundle_hash`. */
export interface Executed {
  readonly language: 'javascript' | 'typescript' | 'python';
  readonly engine: string;
  readonly module: string;
  /** Undefined for Python, whose harness is part of the engine. */
  readonly kit?: { readonly hash: string; readonly text: string };
  readonly className?: string;
  /** The texts of npm packages, by the name under which they are imported. */
  readonly packages: Readonly<Record<string, string>>;
  /** The hashes of all texts, with that of the bundle. */
  readonly hashes: readonly string[];
}

/** Throws a ShapeError if a text is missing, or if the hash does not follow from the texts (docs/bundle-format.md). */
export function executedOf({ texts }: Pick<Bundle, 'texts'>, bundleHash: string): Executed {
  const find = (wanted: string, kind: string) => {
    const found = texts.get(wanted);
    if (found?.kind !== kind) throw new ShapeError(`the ${kind} ${wanted} is missing`);
    return found.text;
  };
  const written = find(bundleHash, 'bundle');
  const parts = partsOf(written);
  const { language, engine, executed, kit, class_name, bundled } = parts;
  const isPython = language === 'python';
  if (isPython ? class_name === undefined : kit === undefined) throw new ShapeError('the bundle has no kit or class');
  const packages = Object.fromEntries(Object.entries(bundled).map(([name, its]) => [name, find(its, 'package')]));
  const module = find(executed, 'module');
  const around: JsonObject = isPython ? { class_name: class_name as string } : { kit: kit as string };
  const hashed = {
    ...{ executed: module, language, engine, ...around },
    ...(Object.keys(packages).length > 0 && { bundled: packages }),
  };
  if (namedHash(canonicalJson(hashed)) !== bundleHash) {
    throw new ShapeError('the bundle hash does not follow from the texts');
  }
  return {
    ...{ language, engine, module, packages },
    ...(isPython
      ? { className: class_name as string }
      : { kit: { hash: kit as string, text: find(kit as string, 'kit') } }),
    hashes: [bundleHash, executed, ...(isPython ? [] : [kit as string]), ...Object.values(bundled)],
  };
}

interface Parts {
  readonly language: Executed['language'];
  readonly engine: string;
  readonly executed: string;
  readonly kit?: string;
  readonly class_name?: string;
  readonly bundled: Readonly<Record<string, string>>;
}

function partsOf(written: string): Parts {
  const shape = {
    language: oneOf('javascript', 'typescript', 'python'),
    engine: text,
    executed: hash,
    'kit?': hash,
    'class_name?': text,
    bundled: object,
  };
  const parts = objectOf(readJson(bytesOf(written), { depth: 3, values: 200 }), shape, 'the text of a bundle');
  for (const its of Object.values(parts.bundled as JsonObject))
    if (!hash(its)) throw new ShapeError('a package has no hash');
  if (canonicalJson(parts) !== written) throw new ShapeError('the text of a bundle is not canonical');
  return parts as unknown as Parts;
}
