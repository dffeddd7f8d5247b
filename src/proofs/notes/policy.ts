import { COSIGNATURE, readVkey, type VerifierKey } from './verifier-key.js';

/** A witness that a policy names. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  /** Where checkpoints are offered to it, without a trailing slash. */
  readonly url: string;
}

/** What a policy (c2sp.org/tlog-policy) says about witnesses. */
export interface WitnessPolicy {
  readonly witnesses: readonly PolicyWitness[];
  /** The lines of witnesses, groups and quorum, for those who verify. */
  readonly lines: readonly string[];
}

export const NO_WITNESSES: WitnessPolicy = { witnesses: [], lines: ['quorum none'] };

/** Reads the witnesses of a policy. Throws an Error whose message says what is wrong. Lines about logs are left out. */
export function readWitnesses(text: string): WitnessPolicy {
  const lines = text
    .split('\n')
    .map((line) => line.trim().split(/[ \t]+/))
    .filter(([word]) => word && !word.startsWith('#') && word !== 'log');
  const names = new Set(['none']);
  const witnesses: PolicyWitness[] = [];
  for (const [word, name = '', ...rest] of lines) {
    if (word === 'witness') witnesses.push(witnessOf(name, rest));
    else if (word === 'group') assertGroup(name, rest, names);
    else if (word !== 'quorum' || !names.has(name) || rest.length) throw new Error('has an unknown line or name');
    if (word !== 'quorum' && names.has(name)) throw new Error(`names ${name} twice`);
    names.add(name);
  }
  if (lines.filter(([word]) => word === 'quorum').length !== 1)
    throw new Error('must have exactly one line of a quorum');
  return { witnesses, lines: lines.map((words) => words.join(' ')) };
}

function witnessOf(name: string, [vkey = '', address = '', ...more]: readonly string[]): PolicyWitness {
  const key = readVkey(vkey);
  if (key?.type !== COSIGNATURE) throw new Error(`has no Ed25519 cosignature key for ${name}`);
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol) || more.length)
    throw new Error(`has no address for ${name}`);
  return { name, key, url: address.replace(/\/$/, '') };
}

function assertGroup(name: string, [threshold = '', ...members]: readonly string[], known: ReadonlySet<string>) {
  const least = threshold === 'any' ? 1 : threshold === 'all' ? members.length : Number(threshold);
  const isWhole = Number.isInteger(least) && least >= 1 && least <= members.length;
  if (!isWhole || !members.every((member) => member !== 'none' && known.has(member)))
    throw new Error(`has a group ${name} that is not well-formed`);
}
