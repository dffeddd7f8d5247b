import { type Bundle, prepare } from '../../bot-sdk/bundle.js';
import { BundleError } from '../../bot-sdk/bundle-error.js';
import type { JsonObject, Language, Manifest } from '../../bot-sdk/contract.js';
import { checkManifest, manifestOf } from '../../bot-sdk/manifest.js';
import { checkParams } from '../../bot-sdk/params.js';
import { bundlePackages } from './npm-packages.js';

/** A bot whose code was sent along, as it was sent. */
export interface InlineBot {
  readonly source: string;
  readonly name?: string;
  readonly version?: string;
  readonly language?: Language;
  readonly manifest?: Record<string, unknown>;
  readonly params?: Record<string, unknown>;
}

export interface ReadBot {
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly params: JsonObject;
}

/** Reads source, manifest and params, and throws the bot-sdk's error for what does not hold. Slow sources make it slow. */
export function readInlineBot({ source, language, manifest: given, params, ...named }: InlineBot): ReadBot {
  if (!source.trim())
    throw new BundleError('NO_CLASS', 'the code is empty: write a class with hooks such as onMessage(msg)');
  const read = prepare(source, language, typeof given?.name === 'string' ? given.name : named.name);
  const bundle = { ...read, bundled: bundlePackages(read.packages) };
  const { manifest, values } = given ? declared(given, named, bundle) : derived(named, bundle);
  return { bundle, manifest, params: checkParams(manifest.params, params ?? values) };
}

interface Named {
  readonly name?: string;
  readonly version?: string;
}

/** A derived manifest allows any params: the source is the only description there is. */
function derived({ name, version }: Named, bundle: Bundle) {
  const manifest = { ...manifestOf(bundle), ...(name && { name: botName(name) }), ...(version && { version }) };
  return { manifest: checkManifest(manifest, bundle), values: undefined };
}

/** A manifest of an older client has values where ours has a schema, and leaves out its own name. */
function declared(given: Record<string, unknown>, { name, version }: Named, bundle: Bundle) {
  const { params, ...rest } = given;
  const isSchema = params === undefined || hasKeyword(params);
  const manifest = checkManifest(
    {
      ...(version && { version }),
      name: botName(name ?? bundle.className),
      ...rest,
      ...(params !== undefined && { params: isSchema ? params : { type: 'object' } }),
    },
    bundle,
  );
  return { manifest, values: isSchema ? undefined : (params as JsonObject) };
}

const hasKeyword = (params: unknown) =>
  typeof params === 'object' && params !== null && ('properties' in params || 'type' in params);

const botName = (name: string) => name.replace(/[^A-Za-z0-9_-]/g, '').replace(/^[^A-Za-z]+/, '') || 'CustomBot';
