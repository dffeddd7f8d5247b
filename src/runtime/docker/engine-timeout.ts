/** How long a hook or a stop waits for the engine, which usually answers in a fraction of this. */
const TIMEOUT_MS = 10_000;

/** The engine did not answer in time. */
class NoAnswerError extends Error {
  constructor() {
    super('the container engine does not answer');
  }
}

/**
 * The answer of the engine; rejects with a NoAnswerError after `ms`. `late` receives an answer that comes after that.
 */
export function withTimeout<T>(answer: Promise<T>, late: (value: T) => void = () => {}, ms = TIMEOUT_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new NoAnswerError());
    }, ms);
    answer.then(
      (value) => {
        clearTimeout(timer);
        if (isLate) late(value);
        else resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
