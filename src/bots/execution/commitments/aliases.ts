import { lookAlikes } from '../../../kernel/skeleton.js';

/** The names under which readers look for the parts of a commitment; the names in one list have the same meaning. */
const NAMES = {
  hash: ['commit', 'hash', 'commitment', 'commitment_hash', 'commit_hash', 'digest', 'sha256'],
  value: ['value', 'target'],
  nonce: ['nonce', 'salt'],
  /** Some bots use it for the value and some for the nonce. */
  secret: ['secret'],
} as const;
export type CommitmentPart = keyof typeof NAMES;

/** All values that an object contains for each part, under one of its names or under a name that looks like one. */
export type GivenValues = Record<CommitmentPart, unknown[]>;

const bare = (name: string) => name.replace(SEPARATORS, '');
const SEPARATORS = /[\p{Pc}\p{Pd}\p{Po}]/gu;
const PARTS = new Map(
  Object.entries(NAMES).flatMap(([part, names]) =>
    names.map((name): [string, CommitmentPart] => [bare(name), part as CommitmentPart]),
  ),
);
const wordLike = lookAlikes(PARTS.keys());

function partOf(name: string): CommitmentPart | undefined {
  const word = wordLike(bare(name));
  return word === undefined ? undefined : PARTS.get(word);
}

/** The parts in the object itself, not in inner objects. */
export function givenBy(object: object): GivenValues {
  const given: GivenValues = { hash: [], value: [], nonce: [], secret: [] };
  for (const [name, value] of Object.entries(object)) {
    const part = partOf(name);
    if (part && value !== undefined) given[part].push(value);
  }
  return given;
}

/**
 * The body and the objects in it, at any depth. Lists are left out, because they are about other things, such as
 * earlier rounds.
 */
export function objectsOf(body: object): object[] {
  const inner = Object.values(body).filter((each) => each !== null && typeof each === 'object' && !Array.isArray(each));
  return [body, ...inner.flatMap(objectsOf)];
}
