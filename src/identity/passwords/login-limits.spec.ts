import { expect, test } from '@jest/globals';
import { LoginLimits } from './login-limits.js';

const guessed = async (limits: LoginLimits, times: number, login: string, address: (i: number) => string) => {
  const waits: number[] = [];
  for (let i = 0; i < times; i++) waits.push(await limits.guess(login, address(i)));
  return waits.filter((wait) => wait === 0).length;
};

test('One address has few guesses for one account, and other addresses are not affected', async () => {
  const limits = new LoginLimits();

  expect(await guessed(limits, 50, 'alice', () => 'mallory')).toBe(8);
  expect(await limits.guess('alice', 'mallory')).toBeGreaterThan(0);
  expect(await limits.guess('alice', 'home')).toBe(0);
  expect(await limits.guess('bob', 'mallory')).toBe(0);
});

test('One address has only some more guesses for all accounts together', async () => {
  const limits = new LoginLimits();
  let passed = 0;
  for (let i = 0; i < 200; i++) if (!(await limits.guess(`name-${i}`, 'mallory'))) passed += 1;

  expect(passed).toBe(60);
  expect(await limits.guess('alice', 'home')).toBe(0);
});

test('A thousand addresses have few guesses for one account, and its owner can still sign in from a known address', async () => {
  const limits = new LoginLimits();
  await limits.guess('alice', 'home');
  await limits.succeeded('alice', 'home');

  expect(await guessed(limits, 1_000, 'alice', (i) => `address-${i}`)).toBe(30);
  expect(await limits.guess('alice', 'home')).toBe(0);
  expect(await limits.guess('alice', 'elsewhere')).toBeLessThanOrEqual(300);
  expect(await limits.guess('alice', 'elsewhere')).toBeGreaterThan(0);
});

test('Correct logins are never limited', async () => {
  const limits = new LoginLimits();
  for (let i = 0; i < 100; i++) {
    expect(await limits.guess('alice', 'home')).toBe(0);
    await limits.succeeded('alice', 'home');
  }
});
