import { BundleError } from './bundle-error.js';
import { checkParams } from './params.js';
import { type Playable, readPlayable } from './playable.js';
import { type ScriptStep, Table, type TableOptions, type Transcript } from './table.js';

/**
 * Plays a script against a bot and returns a transcript. Time, randomness and ids are part of the script, so the same
 * script always gives the same transcript; state goes through JSON between two hooks, as in a channel. Throws a
 * BundleError, ManifestError or ParamsError if a server would refuse the bot.
 */
export async function play(bot: Playable, script: ScriptStep[], setting: TableOptions = {}): Promise<Transcript> {
  const { bundle, manifest } = await readPlayable(bot);
  if (bundle.language === 'python' && !setting.run) {
    throw new BundleError('LANGUAGE_UNSUPPORTED', 'Python runs in a container only: `parley test` starts one');
  }
  const table = new Table({ bundle, manifest }, checkParams(manifest.params, setting.params ?? {}), setting);
  await table.hook({ hook: 'on_init' });
  for (const step of script) await table.take(step);
  return table.transcript;
}
