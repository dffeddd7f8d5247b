import { Injectable } from '@nestjs/common';
import type { Bundle } from '../../../bot-sdk/bundle.js';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { Hook, JsonObject, Manifest } from '../../../bot-sdk/contract.js';
import { checkParams } from '../../../bot-sdk/params.js';
import { callingAccount } from '../../kernel/admission.js';
import { DomainError } from '../../kernel/errors.js';
import { contentHash } from '../../kernel/hash.js';
import { hasVerdict, VERDICT } from '../../messaging/verdict-field.js';
import { needsProcess } from '../../runtime/runner.js';
import { botRefusalOf } from '../code/bot-refusal.js';
import { Executables, executableOf } from '../code/executables.js';
import { InlineBots } from '../code/inline-bots.service.js';
import { Presets } from '../code/presets.service.js';
import type { SearchedRange } from '../secrets/bot-secrets.service.js';
import { assertExactlyNeeded, type Env, readEnv } from '../secrets/env.js';
import { SecretMask } from '../secrets/secret-mask.js';
import { AttachTrials } from '../trials/attach-trials.service.js';
import type { UntriedReason } from '../trials/trial-report.js';
import type { BotDefinition } from './bot-definition.js';

/** A valid bot: read, checked, and able to run on this server. Nothing of it is stored yet. */
export interface PreparedBot {
  readonly slot?: string;
  readonly preset: string | null;
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly manifestHash: string;
  readonly params: JsonObject;
  readonly env: Env;
  /** The last entry that was searched for its secrets before the write. */
  readonly searched?: SearchedRange;
  readonly needsProcess: boolean;
  /** The engine on which it would run now. */
  readonly engine: string;
  readonly bundleHash: string;
  /** The hooks that a trial has found; null for a preset, and if the bot was not tried. */
  readonly hooks: readonly Hook[] | null;
  readonly untriedFor: UntriedReason | null;
  /** Warnings for its author. */
  readonly warnings: readonly string[];
}

/** Reads and checks the bots of a request, so that errors are found before anything is written. */
@Injectable()
export class BotPreparation {
  constructor(
    private readonly presets: Presets,
    private readonly inlineBots: InlineBots,
    private readonly executables: Executables,
    private readonly attachTrials: AttachTrials,
  ) {}

  async prepare(definition: BotDefinition): Promise<PreparedBot> {
    const env = envOf(definition);
    const bot = await this.read(definition);
    assertExactlyNeeded(bot.manifest.needs_env, env);
    const { bundle, manifest, params } = bot;
    // The server writes both into entries of its own, in which readers trust this field.
    if (hasVerdict(params) || hasVerdict(manifest)) {
      throw new DomainError(
        'BOT_INVALID',
        `no field of params or manifest may be named ${VERDICT}: only the server writes it`,
      );
    }
    if (new SecretMask(env).finds([[bundle.source], [manifest], [params]])) throw new DomainError('SECRET_IS_KNOWN');
    return { ...bot, env };
  }

  private async read(definition: BotDefinition): Promise<Omit<PreparedBot, 'env'>> {
    const source = definition.inline_code ?? definition.bot_code;
    const presetName = definition.bot_preset ?? builtinName(definition.code_ref);
    // If both are given, the code is used: some clients always send both.
    if (source !== undefined) return this.ofCode(source, definition);
    if (presetName !== undefined) return this.ofPreset(presetName, definition);
    throw new DomainError('INVALID_REQUEST', 'a bot needs one of bot_preset, code_ref, inline_code and bot_code');
  }

  private ofPreset(name: string, { slot, params: given, manifest: sent }: BotDefinition) {
    const preset = this.presets.find(name);
    if (!preset) {
      throw new DomainError('INVALID_REQUEST', 'there is no such bot preset', {
        presets: this.presets.all().map(({ manifest }) => manifest.name),
      });
    }
    const { bundle, manifest, manifestHash } = preset;
    // Older clients put the params of a preset into the manifest that they send.
    const params = paramsOf(manifest, given ?? sent?.params);
    const { engine, bundleHash } = this.executables.placed(executableOf(bundle, manifest, false), true);
    return {
      slot,
      preset: manifest.name,
      bundle,
      manifest,
      manifestHash,
      params,
      needsProcess: false,
      engine,
      bundleHash,
      hooks: null,
      untriedFor: null,
      warnings: [],
    };
  }

  private async ofCode(source: string, { slot, name, version, language, manifest: given, params }: BotDefinition) {
    const bot = await this.inlineBots.read({ source, name, version, language, manifest: given, params });
    const isFresh = needsProcess(bot.bundle, bot.manifest.permissions.modules);
    const code = this.executables.placed(executableOf(bot.bundle, bot.manifest, isFresh), false);
    const { codeHash, hooks: hooksInSource } = bot.bundle;
    const attachTrial = await this.attachTrials.of({
      ...bot,
      code,
      codeHash,
      hooksInSource,
      given,
      account: callingAccount(),
    });
    const { engine, bundleHash } = code;
    return {
      slot,
      preset: null,
      ...bot,
      ...attachTrial,
      manifestHash: contentHash(canonicalJson(attachTrial.manifest)),
      needsProcess: isFresh,
      engine,
      bundleHash,
    };
  }
}

const envOf = ({ env, env_redacted }: BotDefinition) => readEnv({ ...env, ...env_redacted }, 'env');

function paramsOf({ params }: Manifest, given: unknown): JsonObject {
  try {
    return checkParams(params, given);
  } catch (error) {
    const { code, detail, facts } = botRefusalOf(error) ?? {};
    throw code ? new DomainError(code, detail, facts) : error;
  }
}

function builtinName(codeRef: string | undefined): string | undefined {
  if (codeRef === undefined) return undefined;
  const name = /^builtin:\/\/(\w+)$/.exec(codeRef)?.[1];
  if (!name) throw new DomainError('INVALID_REQUEST', 'code_ref must be builtin://<Name>');
  return name;
}
