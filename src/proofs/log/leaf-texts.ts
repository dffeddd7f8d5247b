import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { ServerLeaf } from './server-leaf.entity.js';

/** A leaf before it has its place in the server-wide log. */
export type NewLeaf = Omit<ServerLeaf, 'place'>;

/** The head of a channel's log. */
export interface ChannelHead {
  readonly channelId: string;
  readonly size: number;
  readonly root: Buffer;
}

/** The leaf of a checkpoint of a channel (docs/bundle-format.md). */
export function channelLeaf({ channelId, size, root }: ChannelHead): NewLeaf {
  const leaf = canonicalJson({ v: 1, type: 'channel', ch: channelId, size, root: root.toString('base64') });
  return { type: 'channel', leaf, channelId, size };
}

/** The leaf of a key that signs from now on: the first one, or the one that replaces the key `by`. */
export function keyLeaf(vkey: string, by?: string): NewLeaf {
  const leaf = canonicalJson({ v: 1, type: 'key', vkey, ...(by && { by }) });
  return { type: 'key', leaf, channelId: null, size: null };
}

/** Our own ids, words, numbers and hashes, never text of other people. */
export type LeafFacts = Readonly<Record<string, string | number>>;

/** A leaf about something else that has happened: its members `type` and `v` are added. */
export const otherLeafText = (type: 'decision' | 'contest', about: LeafFacts): string =>
  canonicalJson({ ...about, v: 1, type });

export function otherLeaf(text: string): NewLeaf {
  return { type: JSON.parse(text).type, leaf: text, channelId: null, size: null };
}
