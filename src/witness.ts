// A small witness for the logs of other servers: see USAGE.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inBackground } from './kernel/background.js';
import { makeFolder } from './platform/files/folder.js';
import { writeFirst } from './platform/files/whole-file.js';
import { COSIGNATURE, readVkey, type VerifierKey, verifierKey, vkeyText } from './proofs/notes/verifier-key.js';
import { Witness } from './proofs/witnesses/witness.js';

const USAGE = `npm run witness -- --name NAME --log VKEY [--log VKEY …] [--data ./witness] [--host 127.0.0.1] [--port 8200]
NAME: your name for the witness, such as witness.example.org/w1.  VKEY: the key of a log, from /.well-known/parley-log of its server.`;
const MAX_BODY = 100_000;

process.umask(0o077);

try {
  await start();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function start() {
  const { name, logs, data, host, port } = readOrder();
  makeFolder(data);
  const privateKey = keyIn(data);
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = verifierKey(name, raw, COSIGNATURE);
  const witness = new Witness({ folder: data, key, privateKey, logs });
  const server = createServer((request, response) => inBackground('answering', answer(witness, request, response)));
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  const { port: bound } = server.address() as AddressInfo;
  process.stdout.write(`witness ${name.replaceAll('/', '-')} ${vkeyText(key)} http://${host}:${bound}\n`);
}

async function answer(witness: Witness, request: IncomingMessage, response: ServerResponse) {
  const { status, body, type } = await answerTo(witness, request).catch((error) => {
    console.error(error);
    return { status: 500, body: 'the witness has failed\n', type: undefined };
  });
  response.writeHead(status, { 'content-type': type ?? 'text/plain; charset=utf-8' }).end(body);
}

async function answerTo(witness: Witness, request: IncomingMessage) {
  if (request.url !== '/add-checkpoint') return { status: 404, body: 'unknown address\n' };
  if (request.method !== 'POST') return { status: 405, body: 'use POST\n' };
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MAX_BODY) return { status: 413, body: 'too large\n' };
  }
  return witness.add(body, Math.floor(Date.now() / 1_000));
}

function readOrder() {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      log: { type: 'string', multiple: true },
      data: { type: 'string', default: './witness' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8200' },
    },
  });
  const logs = (values.log ?? []).map(readVkey);
  const isKnown = logs.length > 0 && logs.every((log) => log !== undefined);
  if (!values.name || /[\s+]/.test(values.name) || !isKnown || !/^\d+$/.test(values.port)) throw new Error(USAGE);
  return { ...values, name: values.name, logs: logs as VerifierKey[], port: Number(values.port) };
}

/** Its key: a file in PEM, created at the first start. */
function keyIn(folder: string) {
  const file = join(folder, 'witness-key.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFirst(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  return createPrivateKey(readFileSync(file, 'utf8'));
}
