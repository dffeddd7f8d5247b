import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Bundle, prepare } from './bundle.js';
import { BundleError } from './bundle-error.js';
import type { Language, Manifest } from './contract.js';
import { checkManifest, manifestOf } from './manifest.js';
import { bundlePackages } from './npm-packages.js';

/**
 * A bot to play: a file; a folder with a bot.js, bot.ts or bot.py and an optional manifest.json; a source; or the
 * result of `readPlayable`. A missing manifest is derived from the source, as on a server.
 */
export type Playable = string | { source: string; manifest?: unknown; language?: Language } | PlayableBot;

/** A bot as a server would run it: read and validated, with the packages that it imports. */
export interface PlayableBot {
  bundle: Bundle;
  manifest: Manifest;
}

/** Values that take precedence over the bot's files. */
interface Known {
  manifest?: unknown;
  language?: Language;
}

/** Reads a bot for `play`. Throws a BundleError or ManifestError if a server would refuse the bot. */
export async function readPlayable(bot: Playable, known: Known = {}): Promise<PlayableBot> {
  if (typeof bot === 'object' && 'bundle' in bot) return bot;
  const found = typeof bot === 'string' ? await readFiles(bot) : bot;
  const { source } = found;
  const given = known.manifest ?? found.manifest;
  const language = known.language ?? found.language;
  const read = prepare(source, language, nameIn(given));
  const bundle = { ...read, bundled: bundlePackages(read) };
  return { bundle, manifest: given === undefined ? manifestOf(bundle) : checkManifest(given, bundle) };
}

/** The name in a manifest, which determines which class of a source is the bot. */
function nameIn(manifest: unknown): string | undefined {
  const name = (manifest as { name?: unknown } | undefined | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

const BOT_FILES: Readonly<Record<string, Language>> = {
  'bot.js': 'javascript',
  'bot.ts': 'typescript',
  'bot.py': 'python',
};
/** The language by the file extension. */
const ENDINGS: readonly (readonly [RegExp, Language])[] = [
  [/\.[cm]?js$/, 'javascript'],
  [/\.[cm]?ts$/, 'typescript'],
  [/\.py$/, 'python'],
];

async function readFiles(path: string) {
  const file = (await stat(path)).isDirectory() ? botFileIn(path) : path;
  const name = basename(file);
  const language = BOT_FILES[name] ?? ENDINGS.find(([ending]) => ending.test(name))?.[1];
  const beside = join(dirname(file), 'manifest.json');
  // A manifest belongs to a bot with the usual file name; other files in the folder are other bots.
  const manifest = name in BOT_FILES && existsSync(beside) ? JSON.parse(await readFile(beside, 'utf8')) : undefined;
  return { source: await readFile(file, 'utf8'), manifest, language };
}

function botFileIn(folder: string): string {
  const name = Object.keys(BOT_FILES).find((each) => existsSync(join(folder, each)));
  if (!name) throw new BundleError('NO_CLASS', `there is no ${Object.keys(BOT_FILES).join(', ')} in the folder`);
  return join(folder, name);
}
