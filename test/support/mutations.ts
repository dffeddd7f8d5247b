import { canonical } from './longhand.js';
import type { MadeBundle } from './made-bundle.js';

/** A change of a file in one place. */
export interface Mutation {
  readonly what: string;
  readonly bundle: MadeBundle;
}

type Node = Record<string, unknown> | unknown[];

/**
 * The nth mutation of a bundle: the same for the same seed. One place, chosen among all values at all depths, is changed,
 * truncated, extended, dropped, doubled, renamed or swapped.
 */
export function mutated(bundle: MadeBundle, seed: number): Mutation {
  const random = generator(seed);
  for (;;) {
    const copy = structuredClone(bundle);
    const what = mutate(copy, random);
    if (what !== undefined && canonical(copy) !== canonical(bundle)) return { what, bundle: copy };
  }
}

/** A verifier never reads the readme; `viewer` is only a name for the reader. */
const UNREAD = ['readme', 'viewer'];

function mutate(bundle: MadeBundle, random: Random): string | undefined {
  const places = placesOf(bundle, '');
  const { parent, key, path } = places[random(places.length)] as Place;
  const value = (parent as Record<string, unknown>)[key];
  const changes = Array.isArray(parent) ? IN_LISTS : IN_OBJECTS;
  const [name, change] = random(3) > 0 ? VALUE : (changes[random(changes.length)] as Change);
  change(parent as never, key, value, random);
  return `${name} ${path}`;
}

interface Place {
  readonly parent: Node;
  readonly key: string;
  readonly path: string;
}

function placesOf(node: unknown, path: string): Place[] {
  if (node === null || typeof node !== 'object') return [];
  return Object.keys(node).flatMap((key) => {
    if (path === '' && UNREAD.includes(key)) return [];
    const inner = `${path}/${key}`;
    return [{ parent: node as Node, key, path: inner }, ...placesOf((node as Record<string, unknown>)[key], inner)];
  });
}

type Change = [name: string, change: (parent: never, key: string, value: unknown, random: Random) => void];

const VALUE: Change = [
  'changes',
  (parent: Record<string, unknown>, key, value, random) => {
    parent[key] = other(value, random);
  },
];

const IN_LISTS: Change[] = [
  ['drops', (list: unknown[], key) => list.splice(Number(key), 1)],
  ['doubles', (list: unknown[], key, value) => list.splice(Number(key), 0, structuredClone(value))],
  [
    'swaps',
    (list: unknown[], key, value, random) => {
      const at = random(list.length);
      [list[Number(key)], list[at]] = [list[at], value];
    },
  ],
  ['truncates at', (list: unknown[], key) => list.splice(Number(key))],
];

const IN_OBJECTS: Change[] = [
  ['drops', (object: Record<string, unknown>, key) => delete object[key]],
  [
    'renames',
    (object: Record<string, unknown>, key, value) => {
      delete object[key];
      object[`${key}x`] = value;
    },
  ],
  [
    'swaps',
    (object: Record<string, unknown>, key, value, random) => {
      const keys = Object.keys(object);
      const at = keys[random(keys.length)] as string;
      [object[key], object[at]] = [object[at], value];
    },
  ],
  [
    'adds beside',
    (object: Record<string, unknown>, key, value) => {
      object[`${key}2`] = structuredClone(value);
    },
  ],
];

function other(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return [value + 1, value - 1, -value, value * 2, String(value)][random(5)];
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return otherText(value, random);
  if (value === null) return [0, '', false, {}][random(4)];
  return Array.isArray(value) ? [[], {}, null][random(3)] : [{}, [], null][random(3)];
}

function otherText(text: string, random: Random): string {
  const at = random(text.length + 1);
  const character = String.fromCharCode(33 + random(90));
  return [
    text.slice(0, at) + character + text.slice(at + 1),
    text.slice(0, at) + character + text.slice(at),
    text.slice(0, at),
    text.slice(0, at) + text.slice(at + 1),
    text + text.slice(at),
    '',
  ][random(6)] as string;
}

/** A whole number below `limit`. */
export type Random = (limit: number) => number;

/** Mulberry32, so that a mutation that was not noticed can be made again. */
export function generator(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
