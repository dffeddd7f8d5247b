import { jest } from '@jest/globals';

/** Whether the long programs run whole, as `npm run test:long` has it. */
export const IS_WHOLE = process.env.LONG_PROGRAMS === 'whole';

/** How many there are of what a long program does again and again: all of them, or a tenth. */
export const sizeOf = (whole: number): number => (IS_WHOLE ? whole : Math.ceil(whole / 10));

/** Whether the nth step of a long program is one to take: each of them, or the tenth that jest's seed chooses (`--seed`). */
export const isChosen = (n: number): boolean => IS_WHOLE || (n + jest.getSeed()) % 10 === 0;
