import { existsSync, readFileSync } from 'node:fs';
import { KIT, KIT_HASH } from '../../../bot-sdk/kit.js';
import { projectPath } from '../../platform/config/project.js';

/** The kits of this and earlier versions by hash, if their texts are in executed-texts. */
export function keptKits(): Map<string, string> {
  const kits = new Map([[KIT_HASH, KIT]]);
  const index = projectPath('executed-texts', 'index.json');
  if (!existsSync(index)) return kits;
  for (const { kit } of JSON.parse(readFileSync(index, 'utf8')) as { kit: string }[]) {
    const text = projectPath('executed-texts', 'texts', kit.slice('sha256:'.length));
    if (existsSync(text)) kits.set(kit, readFileSync(text, 'utf8'));
  }
  return kits;
}
