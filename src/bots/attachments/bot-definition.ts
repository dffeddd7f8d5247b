import { IsIn, IsObject, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { Language } from '../../../bot-sdk/contract.js';
import { LANGUAGES } from '../../../bot-sdk/contract.js';
import { Describe } from '../../kernel/schema.js';
import { CAPS } from '../../platform/limits/caps.js';

/** The maximum number of characters of a source: enough for any referee, small enough for every member to read. */
export const SOURCE_CHARS = CAPS.source_characters.most;

export const ENV_DESCRIPTION =
  'Secrets of the bot by name, such as API_KEY. Only its hooks get them, as ctx.env. Members see the names; nobody can read the values.';
export const ENV_SHAPE = { additionalProperties: { type: 'string' } };

/** A bot as a caller requests it: the name of a preset, or code. */
export class BotDefinition {
  @Describe('The bot slot: s0, its label, or bot:<label>. Default: the first free one.')
  @IsOptional()
  @IsString()
  @Length(1, 60)
  slot?: string;
  @Describe('Its name. Default: the name of the preset or of the class.')
  @IsOptional()
  @IsString()
  @Length(1, 40)
  name?: string;
  @Describe('Its version, for inline code.') @IsOptional() @IsString() @Length(1, 32) version?: string;
  @Describe('A preset as builtin://<Name>.') @IsOptional() @IsString() @Length(1, 60) code_ref?: string;
  @Describe('A preset by name; list_presets lists them.') @IsOptional() @IsString() @Length(1, 40) bot_preset?: string;
  @Describe('Source of the bot: one class with hooks such as onMessage(msg).')
  @IsOptional()
  @IsString()
  @MaxLength(SOURCE_CHARS)
  inline_code?: string;
  @Describe('The same as inline_code.') @IsOptional() @IsString() @MaxLength(SOURCE_CHARS) bot_code?: string;
  @Describe('javascript, typescript or python. Default: detected.')
  @IsOptional()
  @IsIn(LANGUAGES)
  language?: Language;
  @Describe('The manifest of the bot. Default: derived from the code.')
  @IsOptional()
  @IsObject()
  manifest?: Record<string, unknown>;
  @Describe('Settings of this bot in this channel, as its manifest describes them. Every member sees them.')
  @IsOptional()
  @IsObject()
  params?: Record<string, unknown>;
  @Describe(ENV_DESCRIPTION, ENV_SHAPE) @IsOptional() @IsObject() env?: Record<string, string>;
  @Describe('The same as env.', ENV_SHAPE) @IsOptional() @IsObject() env_redacted?: Record<string, string>;
}
