import { Injectable } from '@nestjs/common';
import { type Bundle, prepare } from '../../bot-sdk/bundle.js';
import { BundleError } from '../../bot-sdk/bundle-error.js';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject, Manifest } from '../../bot-sdk/contract.js';
import { checkManifest, manifestOf } from '../../bot-sdk/manifest.js';
import { ManifestError } from '../../bot-sdk/manifest-fields.js';
import { checkParams, ParamsError } from '../../bot-sdk/params.js';
import { DomainError } from '../kernel/errors.js';
import { sha256 } from '../kernel/hash.js';
import { Runner } from '../runtime/runner.js';
import type { BotDefinition } from './bot-definition.js';
import { Presets } from './presets.service.js';

/** A bot that holds: read, checked, and able to run here. Nothing of it is stored yet. */
export interface PreparedBot {
  readonly slot?: string;
  readonly preset: string | null;
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly manifestHash: string;
  readonly params: JsonObject;
}

/** Reads what somebody asks for. Whatever is wrong with it is said before anything is written. */
@Injectable()
export class BotPreparation {
  constructor(
    private readonly presets: Presets,
    private readonly runner: Runner,
  ) {}

  prepare(definition: BotDefinition): PreparedBot {
    const source = definition.inline_code ?? definition.bot_code;
    const presetName = definition.bot_preset ?? builtinName(definition.code_ref);
    if (source === undefined && presetName === undefined) {
      throw new DomainError('INVALID_REQUEST', 'a bot needs bot_preset, code_ref, inline_code or bot_code');
    }
    try {
      // Where both are given the code is meant, as in the system whose clients send both.
      return source === undefined ? this.ofPreset(presetName as string, definition) : this.ofCode(source, definition);
    } catch (error) {
      throw asDomainError(error);
    }
  }

  private ofPreset(name: string, { slot, params, manifest: given }: BotDefinition): PreparedBot {
    const preset = this.presets.find(name);
    if (!preset) {
      throw new DomainError('INVALID_REQUEST', 'there is no such bot preset', {
        presets: this.presets.all().map(({ manifest }) => manifest.name),
      });
    }
    const { bundle, manifest, manifestHash } = preset;
    // Older clients put a preset's params into the manifest they send along.
    const values = params ?? (given?.params as JsonObject | undefined);
    return {
      slot,
      preset: manifest.name,
      bundle,
      manifest,
      manifestHash,
      params: checkParams(manifest.params, values),
    };
  }

  private ofCode(
    source: string,
    { slot, name, version, language, manifest: given, params }: BotDefinition,
  ): PreparedBot {
    const bundle = prepare(source, language, name);
    const { manifest, values } = given
      ? readManifest(given, { name, version }, bundle)
      : derived(bundle, name, version);
    this.mustRun(bundle, manifest, given !== undefined);
    return {
      slot,
      preset: null,
      bundle,
      manifest,
      manifestHash: sha256(canonicalJson(manifest)),
      params: checkParams(manifest.params, params ?? values),
    };
  }

  private mustRun({ language }: Bundle, { permissions, needs_env }: Manifest, isDeclared: boolean) {
    const runs = this.runner.languages.includes(language);
    if (!runs || permissions.modules.length || (isDeclared && permissions.network.length)) {
      throw new DomainError('SANDBOX_UNAVAILABLE', undefined, { languages: this.runner.languages });
    }
    if (needs_env.length) throw new DomainError('BOT_INVALID', 'needs_env: this server keeps no secrets for bots yet');
  }
}

function derived(bundle: Bundle, name?: string, version?: string) {
  const manifest = manifestOf(bundle);
  const named = { ...manifest, ...(name && { name: botName(name) }), ...(version && { version }) };
  // A derived manifest allows any params: the source is the only description there is.
  return { manifest: checkManifest(named, bundle), values: undefined };
}

/** A manifest of an older client has values where ours has a schema, and leaves out its own name. */
function readManifest(given: Record<string, unknown>, named: { name?: string; version?: string }, bundle: Bundle) {
  const { params, ...rest } = given;
  const isSchema = params === undefined || hasKeyword(params);
  const manifest = checkManifest(
    {
      ...(named.version && { version: named.version }),
      name: botName(named.name ?? bundle.className),
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

function builtinName(codeRef: string | undefined): string | undefined {
  if (codeRef === undefined) return undefined;
  const name = /^builtin:\/\/(\w+)$/.exec(codeRef)?.[1];
  if (!name) throw new DomainError('INVALID_REQUEST', 'code_ref must be builtin://<Name>');
  return name;
}

function asDomainError(error: unknown): unknown {
  if (error instanceof BundleError && error.reason === 'MODULE_NOT_ALLOWED') {
    return new DomainError('MODULE_NOT_ALLOWED', undefined, {
      module: plain(error.module ?? ''),
      allowed: error.allowed,
    });
  }
  if (error instanceof BundleError) return new DomainError('BOT_INVALID', plain(error.detail));
  if (error instanceof ManifestError) return new DomainError('BOT_INVALID', plain(`manifest: ${error.message}`));
  if (error instanceof ParamsError) return new DomainError('BOT_INVALID', plain(error.message));
  return error;
}

/** Such a message may quote a word of the caller's own code: short and printable, it is safe to hand back. */
const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
