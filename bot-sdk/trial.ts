import { type FoundHooks, HOOKS, type Hook, type HookInput, type JsonObject, type Player } from './contract.js';
import { hex, sha256 } from './digest.js';
import { camelCase } from './javascript-source.js';

const MAX_NAMES = 64;
/**
 * How many letters may follow the name of a hook: the length of `Received` in `onMessageReceived`. Longer names are not
 * reported, because a channel would show text of the author.
 */
const MAX_MORE = 8;
const ON_NAME = /^on[\w$]{1,38}$/i;

/** The known part of the input that `on_init` would get. */
export interface TrialSetting {
  readonly bundleHash: string;
  readonly params: JsonObject;
  /** The names of the secrets; a trial does not know their values. */
  readonly needsEnv: readonly string[];
}

/**
 * The input of a trial, in which a bot is constructed and no hook is called. It depends only on public facts about the
 * bot, so anyone can repeat the trial: its random key is public and not used by any channel.
 */
export function trialInput({ bundleHash, params, needsEnv }: TrialSetting): HookInput {
  return {
    channel_id: 'chn_trial',
    bot_id: 'bot_trial',
    call: { hook: 'on_init' },
    now: '2000-01-01T00:00:00.000Z',
    params,
    state: null,
    state_version: 0,
    players: [],
    env: Object.fromEntries(needsEnv.map((name) => [name, `not-the-secret-${name}`])),
    key: hex(sha256(`parley-trial-v1|${bundleHash}`)),
    run: 0,
    trial: true,
  };
}

/** Placeholder players, for a bot that reads them in its constructor. */
export const PLACEHOLDER_PLAYERS: Player[] = [
  { seat: 's1', label: 'player', name: 'First' },
  { seat: 's2', label: 'player', name: 'Second' },
];

/** Validates the untrusted result of a trial: known hooks, and names of other methods that begin with “on”. */
export function foundOf(told: unknown): FoundHooks {
  const { hooks, names } = (told ?? {}) as { hooks?: unknown; names?: unknown };
  return {
    hooks: HOOKS.filter((hook) => Array.isArray(hooks) && hooks.includes(hook)),
    names: [...new Set(textsOf(names).filter((name) => ON_NAME.test(name)))].slice(0, MAX_NAMES),
  };
}

/** A method whose name is similar to a missing hook, and that hook in the same spelling. */
export interface NearMiss {
  readonly name: string;
  readonly hook: string;
}

/** Method names that may be meant as hooks: one or two letters differ, the case differs, or more letters follow. */
export function nearMisses({ hooks, names }: FoundHooks): NearMiss[] {
  const missing = HOOKS.filter((hook) => !hooks.includes(hook));
  return names.flatMap((name) => {
    if (HOOKS.some((hook) => name === hook || name === camelCase(hook))) return [];
    const hook = nearest(name, missing);
    return hook === undefined ? [] : [{ name, hook: name.includes('_') ? hook : camelCase(hook) }];
  });
}

function nearest(name: string, hooks: readonly Hook[]): Hook | undefined {
  const word = bare(name);
  const near = hooks.flatMap((hook) => {
    const wanted = bare(hook);
    const isLonger = word.startsWith(wanted) && word.length <= wanted.length + MAX_MORE;
    const distance = isLonger ? 1 : editDistance(word, wanted);
    return distance <= (wanted.length > 7 ? 2 : 1) ? [{ hook, distance }] : [];
  });
  return near.sort((a, b) => a.distance - b.distance)[0]?.hook;
}

const bare = (name: string) => name.replace(/[_$]/g, '').toLowerCase();

const textsOf = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];

/** The number of letters to remove, insert, change or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
