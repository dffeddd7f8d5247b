import { existsSync, readFileSync } from 'node:fs';
import { KIT, KIT_HASH } from '../../bot-sdk/kit.js';
import { projectPath } from '../platform/project.js';

/** The kit of this version and of every one that landed before it (executed-texts), by hash. */
export function keptKits(): Map<string, string> {
  const kits = new Map([[KIT_HASH, KIT]]);
  const index = projectPath('executed-texts', 'index.json');
  if (!existsSync(index)) return kits;
  for (const { kit } of JSON.parse(readFileSync(index, 'utf8')) as { kit: string }[]) {
    kits.set(kit, readFileSync(projectPath('executed-texts', 'texts', kit.slice('sha256:'.length)), 'utf8'));
  }
  return kits;
}
