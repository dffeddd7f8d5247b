import { BundleError } from './bundle-error.js';
import { canonicalJson } from './canonical-json.js';
import type { Language } from './contract.js';
import { hex, sha256 } from './digest.js';
import { ENGINE } from './engine.js';
import { readJavaScript } from './javascript-source.js';
import { KIT, MODULES } from './kit.js';
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

/** Reads a bot's source without running it. Throws a BundleError where it cannot be one. */
export function prepare(source: string, language: Language = detectLanguage(source), name?: string): Bundle {
  const reading = read(source, language, name);
  return {
    language,
    source,
    ...reading,
    codeHash: hashOf(source),
    bundleHash: hashOf(
      canonicalJson({
        executed: reading.executed,
        language,
        ...(language === 'python' ? {} : { kit: hashOf(KIT), engine: ENGINE }),
      }),
    ),
  };
}

/** The language a source is written in, by its shape. */
export function detectLanguage(source: string): Language {
  try {
    readJavaScript(source);
    return 'javascript';
  } catch (error) {
    // What is JavaScript and no bot stays JavaScript; what is nothing at all gets its message from the TypeScript reader.
    if (!(error instanceof BundleError) || error.reason !== 'SYNTAX') return 'javascript';
    return looksLikePython(source) ? 'python' : 'typescript';
  }
}

function read(source: string, language: Language, name?: string): Reading {
  if (/\p{Surrogate}/u.test(source)) throw new BundleError('SYNTAX', 'the source holds half of a surrogate pair');
  if (language === 'python') return readPython(source, name);
  if (language !== 'javascript' && language !== 'typescript') {
    throw new BundleError('LANGUAGE_UNSUPPORTED', 'a bot is written in javascript, typescript or python');
  }
  const reading = readJavaScript(language === 'typescript' ? stripTypes(source) : source, name);
  const foreign = reading.staticImports.find((module) => !MODULES.includes(module));
  if (foreign !== undefined) {
    throw new BundleError('MODULE_NOT_ALLOWED', `a bot cannot import ${foreign} here`, foreign, MODULES);
  }
  const { staticImports, ...rest } = reading;
  return rest;
}

function hashOf(text: string): string {
  return `sha256:${hex(sha256(text))}`;
}
