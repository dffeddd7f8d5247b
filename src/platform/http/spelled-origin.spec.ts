import { expect, test } from '@jest/globals';
import { spelledOrigin } from './spelled-origin.js';

test('Only loopback names are interchangeable', () => {
  expect(spelledOrigin('http://127.0.0.1:8100', 'http://localhost:8100')).toBe('http://localhost:8100');
  expect(spelledOrigin('http://127.0.0.1:8100', 'http://evil.example:8100')).toBe('http://127.0.0.1:8100');
  expect(spelledOrigin('https://parley.example', 'http://localhost')).toBe('https://parley.example');
});
