/** Reads a stream of text to its end. `text` is what has come so far. */
export function readToEnd({ body }: Response) {
  const reading = { text: '', ended: Promise.resolve('') };
  reading.ended = (async () => {
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) reading.text += chunk;
    return reading.text;
  })();
  return reading as { readonly text: string; readonly ended: Promise<string> };
}

/** Reads a stream of text until something is found in what was read so far, and answers with that. */
export async function findInStream<T>({ body }: Response, find: (text: string) => T | undefined): Promise<T> {
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const found = find(text);
    if (found !== undefined) return found;
  }
  throw new Error(`the stream ended: ${text}`);
}
