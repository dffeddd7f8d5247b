import { describe, expect, test } from '@jest/globals';
import { readInputLine } from './line.js';

describe('A typed line', () => {
  test.each<[string, string, object | undefined]>([
    ['nothing', '   ', undefined],
    ['words', ' hello there ', { does: 'say', body: 'hello there' }],
    ['an object', '{"type":"move"}', { does: 'say', body: { type: 'move' } }],
    ['a broken object', '{"type"', { does: 'say', body: '{"type"' }],
    ['words with a slash within', 'and/or', { does: 'say', body: 'and/or' }],
    ['words for one', '/dm s2 hello  there', { does: 'say', body: 'hello  there', to: 's2' }],
    ['words for a label of two words', '/dm "player one" hi', { does: 'say', body: 'hi', to: 'player one' }],
    ['an object for one', '/dm bob {"n":1}', { does: 'say', body: { n: 1 }, to: 'bob' }],
    ['the older command', '/to s2 hi', { does: 'say', body: 'hi', to: 's2' }],
    ['a command in capitals', '/WHO', { does: 'who' }],
    ['help', '/help', { does: 'help' }],
    ['the end', '/quit ', { does: 'quit' }],
    ['the code of the only bot', '/code', { does: 'code', bot: undefined }],
    ['the code of a bot', '/code GuessBot', { does: 'code', bot: 'GuessBot' }],
    ['a text with a slash, as an object', '{"text":"/roll"}', { does: 'say', body: { text: '/roll' } }],
  ])('is read: %s', (_, text, line) => {
    expect(readInputLine(text)).toEqual(line);
  });

  test.each([
    '/',
    '//x',
    '/roll',
    '/dn bob my secret',
    '/dm',
    '/dm bob',
    '/dm  ',
    '/msg bob hi',
    '/quit now',
    '/who is it',
    '/ dm bob hi',
    '  /dmbob hi',
    '/dm\u200b bob hi',
  ])('is an error if it is an unknown command: %j', (text) => {
    expect(() => readInputLine(text)).toThrow();
  });
});
