import { readSize } from '../notes/checkpoint.js';
import type { PolicyWitness } from '../notes/policy.js';
import { readNote, type SignatureLine, signersOf } from '../notes/signed-note.js';
import type { Tree } from '../tree/tree.js';
import { addCheckpointBody } from './witness.js';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER = 20_000;

/** A checkpoint that is offered, and the tree of its log. */
export interface Offer {
  readonly note: string;
  readonly size: number;
  readonly tree: Tree;
}

/** Offers checkpoints to one witness, and remembers which one it has. */
export class WitnessClient {
  private knownSize = 0;

  constructor(readonly witness: PolicyWitness) {}

  /** The cosignature of the witness. Throws an Error, in our own words, if it refuses or does not answer. */
  async cosign(offer: Offer): Promise<SignatureLine> {
    const first = await this.ask(offer);
    if (typeof first !== 'number') return first;
    if (first > offer.size) throw new Error(`it has a checkpoint of size ${first}, ours has ${offer.size}`);
    if (first === this.knownSize)
      throw new Error(`it has another checkpoint of size ${first}: somebody showed it another history`);
    this.knownSize = first;
    const second = await this.ask(offer);
    if (typeof second !== 'number') return second;
    throw new Error(`it has another checkpoint of size ${second}: somebody showed it another history`);
  }

  /** The cosignature, or the size of the checkpoint that the witness has. */
  private async ask({ note, size, tree }: Offer): Promise<SignatureLine | number> {
    const { key, url } = this.witness;
    const old = Math.min(this.knownSize, size);
    const proof = await tree.consistency(old, size);
    const answer = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body: addCheckpointBody(old, proof, note),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = (await answer.text()).slice(0, MAX_ANSWER);
    const known = answer.status === 409 ? readSize(body.trim()) : undefined;
    if (known !== undefined) return known;
    if (answer.status !== 200) throw new Error(`it answered ${answer.status}`);
    const signed = readNote(`${readNote(note)?.text}\n${body}`);
    const isSigned = signed && signersOf(signed, [key])?.length;
    const line = signed?.signatures.find(({ name, id }) => name === key.name && id.equals(key.id));
    if (!isSigned || !line) throw new Error('it answered without a valid signature');
    this.knownSize = size;
    return line;
  }
}
