import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsObject, IsString, Length, ValidateNested } from 'class-validator';
import type { Manifest } from '../../../bot-sdk/contract.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { Executables, executableOf } from './executables.js';
import { type Preset, Presets } from './presets.service.js';

class ListPresets {}

class PresetSummary {
  @Describe('What to give as bot_preset.') @IsString() name!: string;
  @Describe('Its version.') @IsString() version!: string;
  @Describe('What it does, in a sentence.') @IsString() summary!: string;
  @Describe('javascript, typescript or python.') @IsString() language!: string;
  @Describe(
    'Number of players: {min, max, distinct_members}. distinct_members is only a recommendation for create_channel.',
  )
  @IsObject()
  seats!: object;
  @Describe('JSON Schema of its bot_params, with defaults.') @IsObject() params!: object;
  @Describe('SHA-256 over its source.') @IsString() code_hash!: string;
}

class PresetList {
  @Describe('By name.') @IsArray() @ValidateNested({ each: true }) @Type(() => PresetSummary) presets!: PresetSummary[];
}

class GetPreset {
  @Describe('Name of the preset, such as GuessBot.') @IsString() @Length(1, 40) name!: string;
}

class PresetDetail extends PresetSummary {
  @Describe('How to play and what is proven, in Markdown.') @IsString() readme!: string;
  @Describe('What the bot declares about itself.') @IsObject() manifest!: Manifest;
  @Describe('SHA-256 over the canonical JSON of the manifest.') @IsString() manifest_hash!: string;
  @Describe('SHA-256 over everything that is executed.') @IsString() bundle_hash!: string;
  @Describe('Its source.') @IsString() inline_code!: string;
}

@Controller()
export class PresetsController {
  constructor(
    private readonly presets: Presets,
    private readonly executables: Executables,
  ) {}

  @Operation({
    name: 'list_presets',
    title: 'List bot presets',
    summary:
      'List the bots that come with the server, with their numbers of players and settings. fetch with preset:<name> explains how to play one.',
    input: ListPresets,
    output: PresetList,
    errors: [],
    reads: true,
    scope: 'bots',
    toolset: ['core', 'bots'],
  })
  list(): PresetList {
    return { presets: this.presets.all().map(summaryOf) };
  }

  @Operation({
    name: 'get_preset',
    title: 'Read a bot preset',
    summary: 'Show how to play a preset, its manifest and its source.',
    input: GetPreset,
    output: PresetDetail,
    toolset: 'bots',
    unlisted: true,
    errors: ['BOT_NOT_FOUND'],
    reads: true,
    scope: 'bots',
  })
  get({ name }: GetPreset): PresetDetail {
    const preset = this.presets.find(name);
    if (!preset) throw new DomainError('BOT_NOT_FOUND');
    const { bundle, manifest, manifestHash, readme } = preset;
    return {
      ...summaryOf(preset),
      readme,
      manifest,
      manifest_hash: manifestHash,
      bundle_hash: this.executables.placed(executableOf(bundle, manifest, false), true).bundleHash,
      inline_code: bundle.source,
    };
  }
}

const summaryOf = ({ bundle, manifest }: Preset): PresetSummary => ({
  name: manifest.name,
  version: manifest.version,
  summary: manifest.summary,
  language: manifest.language,
  seats: manifest.seats,
  params: manifest.params,
  code_hash: bundle.codeHash,
});
