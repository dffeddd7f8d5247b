import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Bundle, prepare } from '../../../bot-sdk/bundle.js';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { Language, Manifest } from '../../../bot-sdk/contract.js';
import { checkManifest } from '../../../bot-sdk/manifest.js';
import { bundlePackages } from '../../../bot-sdk/npm-packages.js';
import { contentHash } from '../../kernel/hash.js';
import { Config, ConfigError } from '../../platform/config/config.js';
import { projectPath } from '../../platform/config/project.js';

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

/** The bots that ship with Parley: one folder each in bot-presets. */
@Injectable()
export class Presets implements OnModuleInit {
  private readonly byName = new Map<string, Preset>();

  constructor(private readonly config: Config) {}

  /** If a preset breaks the contract, the server does not start, and the message names the preset. */
  onModuleInit() {
    const root = this.config.presetsDir || projectPath('bot-presets');
    for (const entry of readdirSync(root, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const preset = loadPreset(join(root, entry.name));
      if (this.byName.has(preset.manifest.name)) throw new Error(`Two presets have the name ${preset.manifest.name}`);
      this.byName.set(preset.manifest.name, preset);
    }
  }

  all(): Preset[] {
    return [...this.byName.values()].sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
  }

  /** Finds a preset by the name in its manifest. */
  find(name: string): Preset | undefined {
    return this.byName.get(name);
  }

  /**
   * Whether the file of a preset is still what a channel was shown for that version. A file that was changed without a
   * new version is never trusted. When the version is new, older channels continue with the code that they were shown.
   */
  isGenuine({ name, version, codeHash }: { name: string; version: string; codeHash: string }): boolean {
    const preset = this.find(name);
    if (preset?.manifest.version !== version) return true;
    return existsSync(preset.file) && contentHash(readFileSync(preset.file)) === codeHash;
  }
}

/** Presets declare all their hooks and are read from their source only, without a trial. */
function assertHooks({ hooks }: Manifest, bundle: Bundle) {
  if (hooks.join() !== bundle.hooks.join())
    throw new Error(`hooks are not those of the class: ${bundle.hooks.join(', ')}`);
}

function loadPreset(folder: string): Preset {
  try {
    const [file, language] = BOT_FILES.find(([name]) => existsSync(join(folder, name))) ?? [];
    if (!file) throw new Error('it has no bot.js, bot.ts or bot.py');
    const manifestJson = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const sourceBundle = prepare(readFileSync(join(folder, file), 'utf8'), language, manifestJson.name);
    const bundle = { ...sourceBundle, bundled: bundlePackages(sourceBundle) };
    const manifest = checkManifest(manifestJson, bundle);
    assertHooks(manifest, bundle);
    return {
      folder,
      file: join(folder, file),
      bundle,
      manifest,
      manifestHash: contentHash(canonicalJson(manifest)),
      readme: readFileSync(join(folder, 'README.md'), 'utf8'),
    };
  } catch (error) {
    throw new ConfigError(`The preset in ${folder} cannot be used: ${(error as Error).message}.`);
  }
}
