import { expect, test } from '@jest/globals';
import { LoginLimits } from './login-limits.js';

const guessed = async (limits: LoginLimits, times: number, login: string, address: (i: number) => string) => {
  const waits: number[] = [];
  for (let i = 0; i < times; i++) waits.push(await limits.guess(login, address(i)));
  return waits.filter((wait) => wait === 0).length;
};

test('One address has few guesses at one account, and others are not held up by it', async () => {
  const limits = new LoginLimits();

  expect(await guessed(limits, 50, 'alice', () => 'mallory')).toBe(8);
  expect(await limits.guess('alice', 'mallory')).toBeGreaterThan(0);
  expect(await limits.guess('alice', 'home')).toBe(0);
  expect(await limits.guess('bob', 'mallory')).toBe(0);
});

test('One address has not many more guesses at all accounts', async () => {
  const limits = new LoginLimits();
  let passed = 0;
  for (let i = 0; i < 200; i++) if (!(await limits.guess(`name-${i}`, 'mallory'))) passed += 1;

  expect(passed).toBe(60);
  expect(await limits.guess('alice', 'home')).toBe(0);
});

test('A thousand addresses have few guesses at one account, and its owner still gets in from home', async () => {
  const limits = new LoginLimits();
  await limits.guess('alice', 'home');
  await limits.succeeded('alice', 'home');

  expect(await guessed(limits, 1_000, 'alice', (i) => `address-${i}`)).toBe(30);
  expect(await limits.guess('alice', 'home')).toBe(0);
  expect(await limits.guess('alice', 'elsewhere')).toBeLessThanOrEqual(300);
  expect(await limits.guess('alice', 'elsewhere')).toBeGreaterThan(0);
});

test('Who is right each time is never sent away', async () => {
  const limits = new LoginLimits();
  for (let i = 0; i < 100; i++) {
    expect(await limits.guess('alice', 'home')).toBe(0);
    await limits.succeeded('alice', 'home');
  }
});
