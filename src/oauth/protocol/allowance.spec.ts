import { expect, test } from '@jest/globals';
import { Allowance } from './allowance.js';

test('Each key has its own allowance, and the error says when to try again', async () => {
  const allowance = new Allowance(2, 60);
  await allowance.take('a');
  await allowance.take('a');

  await expect(allowance.take('a')).rejects.toMatchObject({ error: 'temporarily_unavailable', status: 429 });
  await expect(allowance.take('a')).rejects.toHaveProperty('retryAfterS', expect.any(Number));
  await allowance.take('b');
});
