import { FormatError } from '../../verifier/encoding/json.js';
import { EmbeddedExecutor } from '../../verifier/replay/embedded.js';
import { verify } from '../../verifier/verify.js';
import type { Message, Order } from './protocol.js';

/** The part of a worker's global scope that is used here. */
declare const self: {
  onmessage: (event: { readonly data: Order }) => void;
  postMessage(message: Message): void;
};

// The page ends the worker after its answer, so a file that breaks it costs nobody anything.
self.onmessage = async ({ data: { file, key, policy, checkpoint } }) => {
  try {
    const report = await verify(
      file,
      { keys: key ? [key] : [], policy, checkpoint },
      {
        embedded: new EmbeddedExecutor(),
        progress: (done, all) => self.postMessage({ kind: 'progress', done, all }),
      },
    );
    self.postMessage({ kind: 'report', report });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    self.postMessage({ kind: 'refused', text: error.message });
  }
};
