import { Injectable } from '@nestjs/common';
import type { Bundle } from '../../bot-sdk/bundle.js';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject, Manifest } from '../../bot-sdk/contract.js';
import { checkParams } from '../../bot-sdk/params.js';
import { DomainError } from '../kernel/errors.js';
import { sha256 } from '../kernel/hash.js';
import { Runner } from '../runtime/runner.js';
import type { BotDefinition } from './bot-definition.js';
import { refusalOf } from './bot-refusal.js';
import { InlineBots } from './inline-bots.service.js';
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
    private readonly inlineBots: InlineBots,
    private readonly runner: Runner,
  ) {}

  async prepare(definition: BotDefinition): Promise<PreparedBot> {
    const source = definition.inline_code ?? definition.bot_code;
    const presetName = definition.bot_preset ?? builtinName(definition.code_ref);
    // Where both are given the code is meant, as in the system whose clients send both.
    if (source !== undefined) return this.ofCode(source, definition);
    if (presetName !== undefined) return this.ofPreset(presetName, definition);
    throw new DomainError('INVALID_REQUEST', 'a bot needs bot_preset, code_ref, inline_code or bot_code');
  }

  private ofPreset(name: string, { slot, params: given, manifest: sent }: BotDefinition): PreparedBot {
    const preset = this.presets.find(name);
    if (!preset) {
      throw new DomainError('INVALID_REQUEST', 'there is no such bot preset', {
        presets: this.presets.all().map(({ manifest }) => manifest.name),
      });
    }
    const { bundle, manifest, manifestHash } = preset;
    // Older clients put a preset's params into the manifest they send along.
    const params = paramsOf(manifest, given ?? sent?.params);
    return { slot, preset: manifest.name, bundle, manifest, manifestHash, params };
  }

  private async ofCode(source: string, { slot, name, version, language, manifest: given, params }: BotDefinition) {
    const bot = await this.inlineBots.read({ source, name, version, language, manifest: given, params });
    this.mustRun(bot.bundle, bot.manifest, given !== undefined);
    return { slot, preset: null, ...bot, manifestHash: sha256(canonicalJson(bot.manifest)) };
  }

  private mustRun({ language }: Bundle, { permissions, needs_env }: Manifest, isDeclared: boolean) {
    const runs = this.runner.languages.includes(language);
    if (!runs || permissions.modules.length || (isDeclared && permissions.network.length)) {
      throw new DomainError('SANDBOX_UNAVAILABLE', undefined, { languages: this.runner.languages });
    }
    if (isDeclared && permissions.update_channel) {
      throw new DomainError('BOT_INVALID', 'update_channel: this server does not let bots change the channel yet');
    }
    if (needs_env.length) throw new DomainError('BOT_INVALID', 'needs_env: this server keeps no secrets for bots yet');
  }
}

function paramsOf({ params }: Manifest, given: unknown): JsonObject {
  try {
    return checkParams(params, given);
  } catch (error) {
    const { code, detail, facts } = refusalOf(error) ?? {};
    throw code ? new DomainError(code, detail, facts) : error;
  }
}

function builtinName(codeRef: string | undefined): string | undefined {
  if (codeRef === undefined) return undefined;
  const name = /^builtin:\/\/(\w+)$/.exec(codeRef)?.[1];
  if (!name) throw new DomainError('INVALID_REQUEST', 'code_ref must be builtin://<Name>');
  return name;
}
