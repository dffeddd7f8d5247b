/** The member `readme` of a transcript: how to check the file with tools that everyone has. */
export const BY_HAND = 'todo';
