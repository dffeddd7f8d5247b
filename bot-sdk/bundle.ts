import { BundleError, refusedImport, UnreadableSourceError } from './bundle-error.js';
import type { Program } from './bundle-hash.js';
import { hashOf } from './bundle-hash.js';
import type { Language } from './contract.js';
import { readJavaScript } from './javascript-source.js';
import { modulesOf } from './modules.js';
import { looksLikePython, readPython } from './python-source.js';
import type { SourceFacts } from './source-facts.js';
import { stripTypes } from './type-stripper.js';

export interface Bundle extends SourceFacts, Program {
  source: string;
  /** The hash of the source as written. */
  codeHash: string;
}

/**
 * Reads a bot's source without running it, and detects the language if none is given. Throws a BundleError if it is not
 * a bot. The npm packages it imports are not in the bundle yet.
 */
export function prepare(source: string, language?: Language, name?: string): Bundle {
  if (!source.isWellFormed()) throw new UnreadableSourceError('the source holds half of a surrogate pair');
  const reading = language === undefined ? readAny(source, name) : readAs(language, source, name);
  return { source, ...reading, bundled: {}, codeHash: hashOf(source) };
}

type KnownReading = SourceFacts & { language: Language };

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
    // Valid JavaScript that is not a bot is reported as JavaScript.
    if (!(error instanceof UnreadableSourceError)) throw error;
    return looksLikePython(source) ? readAs('python', source, name) : readTypes(source, error, name);
  }
}

function readTypes(source: string, asJavaScript: UnreadableSourceError, name?: string): KnownReading {
  try {
    return readAs('typescript', source, name);
  } catch (error) {
    if (!(error instanceof UnreadableSourceError)) throw error;
    throw error.isTypeScript || isFurther(error, asJavaScript) ? error : asJavaScript;
  }
}

/**
 * Whether the TypeScript parser got further than the JavaScript parser, so that the source contains TypeScript syntax.
 */
function isFurther({ at: one }: UnreadableSourceError, { at: other }: UnreadableSourceError): boolean {
  if (!one || !other) return false;
  return one.line > other.line || (one.line === other.line && one.column > other.column);
}

function readModule(written: string, name?: string): SourceFacts {
  // After a byte-order mark `#!` would not be a comment.
  const source = written.replace(/^\ufeff(?=#!)/, '');
  const { staticImports, ...reading } = readJavaScript(source, name);
  for (const module of staticImports) assertAllowedModule(module, 'javascript', reading.importLines.get(module));
  return reading;
}

/** Throws if no bot of this language may import the module; names the importing line if there is one. */
export function assertAllowedModule(module: string, language: Language, line?: number) {
  const allowed = modulesOf(language);
  if (allowed.includes(module)) return;
  throw new BundleError('MODULE_NOT_ALLOWED', refusedImport(module, line), module, [...allowed]);
}
