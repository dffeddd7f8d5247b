import { expect, test } from '@jest/globals';
import { Allowance, networkOf } from './allowance.js';

test('Each key has its own, and hears when to come back', async () => {
  const allowance = new Allowance(2, 60);
  await allowance.take('a');
  await allowance.take('a');

  await expect(allowance.take('a')).rejects.toMatchObject({ error: 'temporarily_unavailable', status: 429 });
  await expect(allowance.take('a')).rejects.toHaveProperty('retryAfterS', expect.any(Number));
  await allowance.take('b');
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('The network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
