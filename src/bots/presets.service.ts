import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Bundle, prepare } from '../../bot-sdk/bundle.js';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { Language, Manifest } from '../../bot-sdk/contract.js';
import { checkManifest } from '../../bot-sdk/manifest.js';
import { sha256 } from '../kernel/hash.js';
import { Config, ConfigError } from '../platform/config.js';
import { projectPath } from '../platform/project.js';
import { bundlePackages } from './npm-packages.js';

const BOT_FILES: readonly [file: string, language: Language][] = [
  ['bot.js', 'javascript'],
  ['bot.ts', 'typescript'],
  ['bot.py', 'python'],
];

export interface Preset {
  readonly folder: string;
  readonly file: string;
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly manifestHash: string;
  readonly readme: string;
}

/** The bots we ship: one folder each in bot-presets. */
@Injectable()
export class Presets implements OnModuleInit {
  private readonly byName = new Map<string, Preset>();

  constructor(private readonly config: Config) {}

  /** A preset that breaks the contract stops the start and is named in the message. */
  onModuleInit() {
    const root = this.config.presetsDir || projectPath('bot-presets');
    for (const entry of readdirSync(root, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const preset = loadPreset(join(root, entry.name));
      if (this.byName.has(preset.manifest.name)) throw new Error(`Two presets are named ${preset.manifest.name}`);
      this.byName.set(preset.manifest.name, preset);
    }
  }

  all(): Preset[] {
    return [...this.byName.values()].sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
  }

  /** By the name in its manifest. */
  find(name: string): Preset | undefined {
    return this.byName.get(name);
  }

  /**
   * Whether the file of a preset still is what a channel was shown of that version. A file that was changed without a new
   * version is never trusted; under a new version, older channels go on with the code they were shown.
   */
  isGenuine({ name, version, codeHash }: { name: string; version: string; codeHash: string }): boolean {
    const preset = this.find(name);
    if (preset?.manifest.version !== version) return true;
    return existsSync(preset.file) && sha256(readFileSync(preset.file)) === codeHash;
  }
}

function loadPreset(folder: string): Preset {
  try {
    const [file, language] = BOT_FILES.find(([name]) => existsSync(join(folder, name))) ?? [];
    if (!file) throw new Error('it has no bot.js, bot.ts or bot.py');
    const given = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const read = prepare(readFileSync(join(folder, file), 'utf8'), language, given.name);
    const bundle = { ...read, bundled: bundlePackages(read.packages) };
    const manifest = checkManifest(given, bundle);
    return {
      folder,
      file: join(folder, file),
      bundle,
      manifest,
      manifestHash: sha256(canonicalJson(manifest)),
      readme: readFileSync(join(folder, 'README.md'), 'utf8'),
    };
  } catch (error) {
    throw new ConfigError(`The preset in ${folder} cannot be used: ${(error as Error).message}.`);
  }
}
