import { Injectable } from '@nestjs/common';
import type { Bundle } from '../../bot-sdk/bundle.js';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject, Language, Manifest, RunError } from '../../bot-sdk/contract.js';
import { modulesOf } from '../../bot-sdk/modules.js';
import { checkParams } from '../../bot-sdk/params.js';
import { callingAccount } from '../kernel/admission.js';
import { DomainError, printable } from '../kernel/errors.js';
import { sha256 } from '../kernel/hash.js';
import { hasVerdict, VERDICT } from '../messaging/verdict-field.js';
import type { Runner } from '../runtime/runner.js';
import type { BotDefinition } from './bot-definition.js';
import { refusalOf } from './bot-refusal.js';
import { Executables, executableOf } from './executables.js';
import { InlineBots } from './inline-bots.service.js';
import { Presets } from './presets.service.js';
import type { Searched } from './secrets/bot-secrets.service.js';
import { assertNeeded, type Env, readEnv } from './secrets/env.js';
import { SecretMask } from './secrets/secret-mask.js';

/** A bot that holds: read, checked, and able to run here. Nothing of it is stored yet. */
export interface PreparedBot {
  readonly slot?: string;
  readonly preset: string | null;
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly manifestHash: string;
  readonly params: JsonObject;
  readonly env: Env;
  /** How far a log was searched for its secrets before the write. */
  readonly searched?: Searched;
  readonly needsProcess: boolean;
  /** What it would run on now. */
  readonly engine: string;
  readonly bundleHash: string;
}

/** Reads what somebody asks for. Whatever is wrong with it is said before anything is written. */
@Injectable()
export class BotPreparation {
  constructor(
    private readonly presets: Presets,
    private readonly inlineBots: InlineBots,
    private readonly executables: Executables,
  ) {}

  async prepare(definition: BotDefinition): Promise<PreparedBot> {
    const env = envOf(definition);
    const bot = await this.read(definition);
    assertNeeded(bot.manifest.needs_env, env);
    const { bundle, manifest, params } = bot;
    // Both stand in entries that the server writes.
    if (hasVerdict(params) || hasVerdict(manifest)) {
      throw new DomainError(
        'BOT_INVALID',
        `no field of params or manifest is named ${VERDICT}: that is the server's word`,
      );
    }
    if (new SecretMask(env).finds([[bundle.source], [manifest], [params]])) throw new DomainError('SECRET_IS_KNOWN');
    return { ...bot, env };
  }

  private async read(definition: BotDefinition): Promise<Omit<PreparedBot, 'env'>> {
    const source = definition.inline_code ?? definition.bot_code;
    const presetName = definition.bot_preset ?? builtinName(definition.code_ref);
    // Where both are given the code is meant, as in the system whose clients send both.
    if (source !== undefined) return this.ofCode(source, definition);
    if (presetName !== undefined) return this.ofPreset(presetName, definition);
    throw new DomainError('INVALID_REQUEST', 'a bot needs bot_preset, code_ref, inline_code or bot_code');
  }

  private ofPreset(name: string, { slot, params: given, manifest: sent }: BotDefinition) {
    const preset = this.presets.find(name);
    if (!preset) {
      throw new DomainError('INVALID_REQUEST', 'there is no such bot preset', {
        presets: this.presets.all().map(({ manifest }) => manifest.name),
      });
    }
    const { bundle, manifest, manifestHash } = preset;
    // Older clients put a preset's params into the manifest they send along.
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
    };
  }

  private async ofCode(source: string, { slot, name, version, language, manifest: given, params }: BotDefinition) {
    const bot = await this.inlineBots.read({ source, name, version, language, manifest: given, params });
    const needsProcess = bot.bundle.importsDynamically || bot.manifest.permissions.modules.some(isOfNode);
    const placed = this.executables.placed(executableOf(bot.bundle, bot.manifest, needsProcess), false);
    const fault = await placed.runner.check(placed.executable, callingAccount());
    if (fault) throw refusalOfRunner(fault, bot.bundle.language, placed.runner);
    const { engine, bundleHash } = placed;
    return {
      slot,
      preset: null,
      ...bot,
      manifestHash: sha256(canonicalJson(bot.manifest)),
      needsProcess,
      engine,
      bundleHash,
    };
  }
}

const envOf = ({ env, env_redacted }: BotDefinition) => readEnv({ ...env, ...env_redacted }, 'env');

const isOfNode = (module: string) => module.startsWith('node:');

function refusalOfRunner({ code, detail, module }: RunError, language: Language, { languages }: Runner): DomainError {
  if (code === 'SANDBOX_UNAVAILABLE' || code === 'QUEUE_FULL') {
    return new DomainError('SANDBOX_UNAVAILABLE', undefined, { languages });
  }
  if (code === 'MODULE_NOT_ALLOWED') {
    const allowed = [...modulesOf(language)];
    return new DomainError('MODULE_NOT_ALLOWED', undefined, { module: printable(module ?? ''), allowed });
  }
  return new DomainError('BOT_INVALID', printable(detail, 200));
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
