import type { CliSession } from '../session/cli-session.js';
import { table } from '../terminal/output.js';
import { terminalJson, visibleLines } from '../terminal/visible.js';

interface Preset {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly params: { readonly properties?: object };
  readonly code_hash: string;
}

/** Lists the presets of the server, or shows how to play one. */
export async function presets({ server, out }: CliSession, name?: string) {
  if (name === undefined) {
    const list = await server.read('list_presets');
    return out.answer(list, () => table(list.presets.map((each: Preset) => [each.name, each.version, each.summary])));
  }
  const preset = await server.read('get_preset', { name });
  out.answer(preset, (paint) => [
    visibleLines(preset.readme, '').trimEnd(),
    '',
    `${paint('bold', 'Params')} ${terminalJson(preset.params.properties ?? {}, 2)}`,
    `${paint('bold', 'Source')} ${preset.code_hash}`,
  ]);
}
