import type { Session } from '../session.js';
import { table } from '../terminal/output.js';
import { visibleJson, visibleLines } from '../terminal/visible.js';

interface Preset {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly params: { readonly properties?: object };
  readonly code_hash: string;
}

/** Lists the bots that come with the server, or shows how one is played. */
export async function presets({ server, out }: Session, name?: string) {
  if (name === undefined) {
    const list = await server.read('list_presets');
    return out.answer(list, () => table(list.presets.map((each: Preset) => [each.name, each.version, each.summary])));
  }
  const preset = await server.read('get_preset', { name });
  out.answer(preset, (paint) => [
    visibleLines(preset.readme, '').trimEnd(),
    '',
    `${paint('bold', 'Params')} ${visibleJson(preset.params.properties ?? {}, 2)}`,
    `${paint('bold', 'Source')} ${preset.code_hash}`,
  ]);
}
