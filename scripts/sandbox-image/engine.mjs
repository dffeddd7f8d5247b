// The container engine by its API, so that neither the docker command nor BuildKit is needed.
import { stripVTControlCharacters } from 'node:util';
import Dockerode from 'dockerode';
import { engineOptions } from '../../dist/src/runtime/docker/engine-address.js';

/** An engine on this machine or network answers a ping within milliseconds; one that takes longer counts as absent. */
const PING_TIMEOUT_MS = 1_500;

/**
 * The engine at an address in the format of DOCKER_HOST, or at the default socket; undefined if none answers in time.
 */
export async function findEngine(address = '') {
  try {
    const engine = new Dockerode(engineOptions(address));
    await engine.ping({ abortSignal: AbortSignal.timeout(PING_TIMEOUT_MS) });
    return engine;
  } catch {
    return undefined;
  }
}

/**
 * Reads a stream of the engine's messages to its end. Throws the engine's error, or ours if there is no message for too
 * long.
 */
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

/** The line of a failed program's output that contains the reason. */
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
