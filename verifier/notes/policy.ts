import { FormatError } from '../encoding/json.js';
import { COSIGNATURE, ED25519, readVerifierKey, type VerifierKey } from './verifier-key.js';

/** A C2SP policy (c2sp.org/tlog-policy): which logs are trusted, and which witnesses must have cosigned. */
export interface Policy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly VerifierKey[];
  /** Whether cosignatures of these witnesses are enough. */
  isMet(cosigners: readonly VerifierKey[]): boolean;
  readonly needsWitnesses: boolean;
}

type Group = (cosigners: readonly VerifierKey[]) => boolean;

/** Throws a FormatError that names the line. */
export function readPolicy(text: string): Policy {
  const policy = new PolicyReader();
  for (const [i, line] of text.split('\n').entries()) {
    try {
      policy.read(line);
    } catch (error) {
      throw new FormatError(`line ${i + 1} of the policy: ${(error as Error).message}`);
    }
  }
  return policy.end();
}

class PolicyReader {
  private readonly logs: VerifierKey[] = [];
  private readonly witnesses: VerifierKey[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly members = new Set<string>();
  private quorum?: string;

  read(line: string) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a policy must not contain them
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) throw new FormatError('a control character');
    const [keyword = '', ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (keyword === '' || keyword.startsWith('#')) return;
    const count = words.length;
    if (keyword === 'log' && (count === 1 || count === 2)) this.log(words[0] as string);
    else if (keyword === 'witness' && (count === 2 || count === 3))
      this.witness(words[0] as string, words[1] as string);
    else if (keyword === 'group' && count >= 3) this.group(words[0] as string, words[1] as string, words.slice(2));
    else if (keyword === 'quorum' && count === 1) this.setQuorum(words[0] as string);
    else throw new FormatError('not a line of a policy');
  }

  end(): Policy {
    const { quorum, logs, witnesses, groups } = this;
    if (quorum === undefined) throw new FormatError('the policy has no quorum');
    const isMet = groups.get(quorum) ?? (() => true);
    return { logs, witnesses, isMet, needsWitnesses: quorum !== 'none' };
  }

  private log(text: string) {
    const key = readVerifierKey(text, [ED25519]);
    assertNew(key, this.logs);
    this.logs.push(key);
  }

  private witness(name: string, text: string) {
    const key = readVerifierKey(text, [COSIGNATURE]);
    assertNew(key, this.witnesses);
    this.define(name, (cosigners) => cosigners.some((each) => each.text === key.text));
    this.witnesses.push(key);
  }

  private group(name: string, threshold: string, names: readonly string[]) {
    const needed = threshold === 'all' ? names.length : threshold === 'any' ? 1 : numberOf(threshold);
    if (!(needed >= 1 && needed <= names.length)) throw new FormatError('the threshold is out of range');
    const members = names.map((member) => {
      const group = this.groups.get(member);
      if (!group) throw new FormatError(`${member} is not defined before`);
      if (this.members.has(member)) throw new FormatError(`${member} is already in a group`);
      this.members.add(member);
      return group;
    });
    this.define(name, (cosigners) => members.filter((isMet) => isMet(cosigners)).length >= needed);
  }

  private define(name: string, group: Group) {
    if (name === 'none' || this.groups.has(name)) throw new FormatError(`${name} is already defined`);
    this.groups.set(name, group);
  }

  private setQuorum(name: string) {
    if (this.quorum !== undefined) throw new FormatError('a second quorum');
    if (name !== 'none' && !this.groups.has(name)) throw new FormatError(`${name} is not defined before`);
    this.quorum = name;
  }
}

const numberOf = (digits: string) => (/^[1-9]\d{0,3}$/.test(digits) ? Number(digits) : Number.NaN);

function assertNew({ key }: VerifierKey, known: readonly VerifierKey[]) {
  const isKnown = known.some((each) => each.key.join() === key.join());
  if (isKnown) throw new FormatError('a second line for the same key');
}
