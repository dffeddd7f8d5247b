import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepare } from './bundle.js';
import { checkManifest, manifestOf } from './manifest.js';
import { checkParams } from './params.js';
import { type Setting, type Step, Table, type Transcript } from './table.js';

/** A folder with `bot.js` and `manifest.json`, or the two of them. */
export type Playable = string | { source: string; manifest?: unknown };

/**
 * Plays a script against a bot and returns what was seen. Time, chance and ids are part of the script, so the same script
 * always gives the same transcript; state goes through JSON between two hooks, as it does in a channel.
 */
export async function play(bot: Playable, script: Step[], setting: Setting = {}): Promise<Transcript> {
  const { source, manifest } = typeof bot === 'string' ? await readPreset(bot) : bot;
  const bundle = prepare(source);
  const { params } = manifest === undefined ? manifestOf(bundle) : checkManifest(manifest, bundle);
  const table = new Table(bundle, checkParams(params, setting.params ?? {}), setting);
  await table.hook({ hook: 'on_init' });
  for (const step of script) await table.take(step);
  return table.transcript;
}

async function readPreset(folder: string) {
  const [source, manifest] = await Promise.all(
    ['bot.js', 'manifest.json'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  return { source: source ?? '', manifest: JSON.parse(manifest ?? '') };
}
