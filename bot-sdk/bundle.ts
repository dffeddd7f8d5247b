import { BundleError, UnreadableSource } from './bundle-error.js';
import type { Program } from './bundle-hash.js';
import { hashOf } from './bundle-hash.js';
import type { Language } from './contract.js';
import { readJavaScript } from './javascript-source.js';
import { modulesOf } from './modules.js';
import { looksLikePython, readPython } from './python-source.js';
import type { Reading } from './reading.js';
import { stripTypes } from './type-stripper.js';

export interface Bundle extends Reading, Program {
  source: string;
  /** Over the source as written. */
  codeHash: string;
}

/**
 * Reads a bot's source without running it; where no language is given, by the shape of the source. Throws a BundleError
 * where it cannot be a bot. The npm packages it imports are not in the bundle yet.
 */
export function prepare(source: string, language?: Language, name?: string): Bundle {
  if (/\p{Surrogate}/u.test(source)) throw new UnreadableSource('the source holds half of a surrogate pair');
  const reading = language === undefined ? readAny(source, name) : readAs(language, source, name);
  return { source, ...reading, bundled: {}, codeHash: hashOf(source) };
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
  for (const module of staticImports) mustBeAllowed(module, 'javascript');
  return reading;
}

/** Throws the refusal where no bot of this language may import the module. */
export function mustBeAllowed(module: string, language: Language) {
  const allowed = modulesOf(language);
  if (allowed.includes(module)) return;
  throw new BundleError('MODULE_NOT_ALLOWED', `a bot cannot import ${module}`, module, [...allowed]);
}
