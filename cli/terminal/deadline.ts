/**
 * The end of a turn in a bot's message: an ISO 8601 time or milliseconds since the epoch. Undefined if it is neither.
 */
export function deadlineOf(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A local time of day, with the date if it is another day. */
export function clockTime(date: Date, now = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** The remaining time: `28 seconds left`, or that it is over. */
export function timeLeft(date: Date, now = new Date()): string {
  const seconds = Math.floor((date.getTime() - now.getTime()) / 1_000);
  if (seconds < 0) return 'no time left';
  if (seconds < 120) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'} left`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} minutes left` : `${Math.floor(minutes / 60)} hours left`;
}
