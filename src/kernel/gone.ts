/**
 * The reason of a signal that aborts because its request is over. It is made once: `abort()` without a reason makes a
 * new error with a stack, and every request ends this way.
 */
export const GONE = new DOMException('The request is over.', 'AbortError');
