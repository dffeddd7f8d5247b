import { BundleError, UnreadableSource } from './bundle-error.js';
import { bundleHashOf, hashOf } from './bundle-hash.js';
import type { Language } from './contract.js';
import { ENGINE } from './engine.js';
import { readJavaScript } from './javascript-source.js';
import { KIT_HASH, MODULES } from './kit.js';
import { looksLikePython, readPython } from './python-source.js';
import type { Reading } from './reading.js';
import { stripTypes } from './type-stripper.js';

export interface Bundle extends Reading {
  language: Language;
  source: string;
  /** Over the source as written. */
  codeHash: string;
  /** Over everything that is executed: with the same bundle hash, the same input gives the same output. */
  bundleHash: string;
}

/**
 * Reads a bot's source without running it; where no language is given, by the shape of the source. Throws a BundleError
 * where it cannot be a bot.
 */
export function prepare(source: string, language?: Language, name?: string): Bundle {
  if (/\p{Surrogate}/u.test(source)) throw new UnreadableSource('the source holds half of a surrogate pair');
  const reading = language === undefined ? readAny(source, name) : readAs(language, source, name);
  const { executed } = reading;
  return {
    source,
    ...reading,
    codeHash: hashOf(source),
    bundleHash: bundleHashOf({ executed, language: reading.language, kit: KIT_HASH, engine: ENGINE }),
  };
}

type KnownReading = Reading & { language: Language };

function readAs(language: Language, source: string, name?: string): KnownReading {
  if (language === 'python') return { language, ...readPython(source, name) };
  if (language === 'javascript') return { language, ...readModule(source, name) };
  if (language === 'typescript') return { language, ...readModule(stripTypes(source), name) };
  throw new BundleError('LANGUAGE_UNSUPPORTED', 'a bot is written in javascript, typescript or python');
}

function readAny(source: string, name?: string): KnownReading {
  try {
    return readAs('javascript', source, name);
  } catch (error) {
    // What is JavaScript and no bot stays JavaScript.
    if (!(error instanceof UnreadableSource)) throw error;
    return looksLikePython(source) ? readAs('python', source, name) : readTypes(source, error, name);
  }
}

function readTypes(source: string, asJavaScript: UnreadableSource, name?: string): KnownReading {
  try {
    return readAs('typescript', source, name);
  } catch (error) {
    if (!(error instanceof UnreadableSource)) throw error;
    throw error.isTypeScript || isFurther(error, asJavaScript) ? error : asJavaScript;
  }
}

/** Where the TypeScript reader got further, it has passed something that only TypeScript has. */
function isFurther({ at: one }: UnreadableSource, { at: other }: UnreadableSource): boolean {
  if (!one || !other) return false;
  return one.line > other.line || (one.line === other.line && one.column > other.column);
}

function readModule(source: string, name?: string): Reading {
  const { staticImports, ...reading } = readJavaScript(source, name);
  const foreign = staticImports.find((module) => !MODULES.includes(module));
  if (foreign !== undefined) {
    throw new BundleError('MODULE_NOT_ALLOWED', `a bot cannot import ${foreign} here`, foreign, MODULES);
  }
  return reading;
}
