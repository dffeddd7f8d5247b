// The container engine, through its API: neither the docker command nor BuildKit is needed.
import { stripVTControlCharacters } from 'node:util';
import Dockerode from 'dockerode';
import { engineOptions } from '../../dist/src/runtime/docker/engine-address.js';

const PATIENCE_MS = 1_500;

/** The engine at an address as in DOCKER_HOST, or at the usual socket; undefined when none answers in time. */
export async function findEngine(address = '') {
  try {
    const engine = new Dockerode(engineOptions(address));
    await engine.ping({ abortSignal: AbortSignal.timeout(PATIENCE_MS) });
    return engine;
  } catch {
    return undefined;
  }
}

/** Follows a stream of the engine's messages to its end. Throws the engine's own sentence, or ours when it falls silent. */
export async function follow(engine, stream, silentMs, onMessage = () => {}) {
  const messages = await new Promise((resolve, reject) => {
    let silence;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        stream.destroy();
        reject(new Error(`the engine said nothing for ${silentMs / 1000} s`));
      }, silentMs);
    };
    listen();
    engine.modem.followProgress(
      stream,
      (error, all) => {
        clearTimeout(silence);
        if (error) reject(error);
        else resolve(all);
      },
      (message) => {
        listen();
        onMessage(message);
      },
    );
  });
  const failure = messages.find((message) => message.error);
  if (failure) throw new Error([failure.error, lastWords(messages)].filter(Boolean).join(': '));
  return messages;
}

/** Of a program that fails, the line that says why. */
function lastWords(messages) {
  const lines = messages.map(({ stream = '' }) => stripVTControlCharacters(stream)).flatMap((text) => text.split('\n'));
  return lines.findLast((line) => /error/i.test(line))?.trim();
}

export async function imageOf(engine, name) {
  try {
    return await engine.getImage(name).inspect();
  } catch (error) {
    if (error.statusCode === 404) return undefined;
    throw error;
  }
}
