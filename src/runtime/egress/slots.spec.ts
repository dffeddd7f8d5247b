import { expect, test } from '@jest/globals';
import { Slots, takeBoth } from './slots.js';

const { signal: always } = new AbortController();

/** Whether a slot is to be had at once. */
async function hasRoom(slots: Slots): Promise<boolean> {
  const release = await Promise.race([
    slots.take(always),
    new Promise<undefined>((none) => setImmediate(none, undefined)),
  ]);
  release?.();
  return release !== undefined;
}

test('Who comes too late waits, and the first who came gets the first slot', async () => {
  const slots = new Slots(1);
  const release = await slots.take(always);
  const order: string[] = [];
  const first = slots.take(always).then((next) => [order.push('first'), next()]);
  const second = slots.take(always).then((next) => [order.push('second'), next()]);

  release();
  await Promise.all([first, second]);

  expect(order).toEqual(['first', 'second']);
});

test('A slot given back twice is one slot', async () => {
  const slots = new Slots(1);
  const release = await slots.take(always);
  release();
  release();

  await slots.take(always);

  expect(await hasRoom(slots)).toBe(false);
});

test('Who stops waiting leaves the queue', async () => {
  const slots = new Slots(1);
  const release = await slots.take(always);
  const impatient = new AbortController();
  const waiting = slots.take(impatient.signal);

  impatient.abort(new Error('no longer'));

  await expect(waiting).rejects.toThrow('no longer');
  release();
  expect(await hasRoom(slots)).toBe(true);
});

test('A turn that comes as somebody stops waiting goes to the next', async () => {
  const slots = new Slots(1);
  const release = await slots.take(always);
  const impatient = new AbortController();
  const waiting = slots.take(impatient.signal);

  impatient.abort(new Error('no longer'));
  release();

  await expect(waiting).rejects.toThrow('no longer');
  expect(await hasRoom(slots)).toBe(true);
});

test('Who cannot have both slots holds neither', async () => {
  const [free, full] = [new Slots(1), new Slots(0)];
  const impatient = new AbortController();
  const waiting = takeBoth(free, full, impatient.signal);

  impatient.abort(new Error('no longer'));

  await expect(waiting).rejects.toThrow('no longer');
  expect(await hasRoom(free)).toBe(true);
});
