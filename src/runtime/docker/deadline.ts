/** An engine that is well answers in a fraction of this; a hook or a stop does not wait longer for one that is not. */
const PATIENCE_MS = 10_000;

/** An engine that did not answer in time. */
class NoAnswer extends Error {
  constructor() {
    super('the container engine does not answer');
  }
}

/** What the engine answers, or a NoAnswer. `late` deals with what comes after all. */
export function inTime<T>(answer: Promise<T>, late: (value: T) => void = () => {}, ms = PATIENCE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new NoAnswer());
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
