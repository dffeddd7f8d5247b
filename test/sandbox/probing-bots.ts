import type { JsonObject, Language } from '../../bot-sdk/contract.js';
import { sourceOf } from '../support/inline-bot.js';

/** A bot and what it is asked for: all of it in every hook, one after the other. */
export interface Bot {
  readonly name: string;
  readonly language: Language;
  readonly source: string;
  readonly params: JsonObject;
  /** The posts of each come after one that says its name. */
  readonly probes: readonly string[];
}

/** Looks at one kind of thing, and posts what it sees. */
export type Probe = readonly [name: string, body: string, top?: string];

/** A bot that does this and nothing else. */
export const alone = (language: Language, [name, body, top]: Probe): Bot => ({
  name,
  language,
  source: sourceOf(language, body, top),
  params: {},
  probes: [],
});

/** One bot for all of these in Python. */
export function pythonProbes(name: string, probes: readonly Probe[]): Bot {
  const modules = new Set(probes.flatMap(([, , top = '']) => top.replace('import ', '').split(', ')));
  const body = probes.flatMap(([probe, text], i) => [
    `def probe_${i}():`,
    ...text.split('\n').map((line) => `    ${line}`),
    `ctx.post('bot', {'probe': ${JSON.stringify(probe)}})`,
    `probe_${i}()`,
  ]);
  const bot = alone('python', [name, body.join('\n'), `import ${[...modules].filter(Boolean).join(', ')}`]);
  return { ...bot, probes: namesOf(probes) };
}

/** The same in JavaScript. */
export function scriptProbes(name: string, probes: readonly Probe[]): Bot {
  const body = probes.map(
    ([probe, text]) => `ctx.post('bot', { probe: ${JSON.stringify(probe)} }); await (async () => {\n${text}\n})();`,
  );
  const lines = probes.flatMap(([, , top = '']) => top.split(';').map((line) => line.trim()));
  const top = [...new Set(lines)].filter(Boolean).join(';');
  return { ...alone('javascript', [name, body.join('\n'), top]), probes: namesOf(probes) };
}

const namesOf = (probes: readonly Probe[]) => probes.map(([name]) => name);
