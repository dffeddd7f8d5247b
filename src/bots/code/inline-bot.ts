import { type Bundle, prepare } from '../../../bot-sdk/bundle.js';
import { BundleError } from '../../../bot-sdk/bundle-error.js';
import type { JsonObject, Language, Manifest } from '../../../bot-sdk/contract.js';
import { checkManifest, manifestOf } from '../../../bot-sdk/manifest.js';
import { bundlePackages } from '../../../bot-sdk/npm-packages.js';
import { checkParams } from '../../../bot-sdk/params.js';

/** A bot whose code the caller sent, unchanged. */
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

/**
 * Reads source, manifest and params. Throws an error of the bot-sdk if one of them is invalid. Can be slow for some
 * sources.
 */
export function readInlineBot({ source, language, manifest: given, params, ...named }: InlineBot): ReadBot {
  if (!source.trim())
    throw new BundleError('NO_CLASS', 'the code is empty: write a class with hooks such as onMessage(msg)');
  const sourceBundle = prepare(source, language, typeof given?.name === 'string' ? given.name : named.name);
  const bundle = { ...sourceBundle, bundled: bundlePackages(sourceBundle) };
  const { manifest, values } = given ? declared(given, named, bundle) : derived(named, bundle);
  return { bundle, manifest, params: checkParams(manifest.params, params ?? values) };
}

interface Named {
  readonly name?: string;
  readonly version?: string;
}

/** A manifest derived from the source allows any params, because nothing else describes them. */
function derived({ name, version }: Named, bundle: Bundle) {
  const manifest = { ...manifestOf(bundle), ...(name && { name: botName(name) }), ...(version && { version }) };
  return { manifest: checkManifest(manifest, bundle), values: undefined };
}

/** Manifests of older clients contain values instead of a schema, and omit the name. */
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
