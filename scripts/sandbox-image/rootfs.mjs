// The root file system of an image, and a hash of its content.
import { createHash } from 'node:crypto';

const BLOCK = 512;
/** Files that engines add to a container when they create it. */
const ENGINES_OWN = /^(\.dockerenv|dev(\/.*)?|proc|sys|etc\/(hostname|hosts|mtab|resolv\.conf))$/;
const TYPES = { 0: 'file', '\0': 'file', 1: 'hard link', 2: 'link', 5: 'folder' };

/**
 * Reads an exported container. `rootfs` is a hash of the sorted list of path, kind, mode, owner, target and content,
 * without times, so that identical builds have the same hash. `kept` contains the bytes of the requested files.
 */
export async function readRootfs(stream, wanted = []) {
  const lines = [];
  const kept = {};
  for await (const { path, line, bytes } of entries(stream, wanted)) {
    if (!ENGINES_OWN.test(path)) lines.push(line);
    if (wanted.includes(path)) kept[path] = bytes.toString('utf8');
  }
  const rootfs = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  return { rootfs: `sha256:${rootfs}`, lines, kept };
}

async function* entries(stream, wanted) {
  const source = reader(stream);
  let extended = {};
  for (let head = await source.take(BLOCK); head && head[0] !== 0; head = await source.take(BLOCK)) {
    const entry = { ...readHead(head), ...extended };
    const type = String.fromCharCode(head[156]);
    extended = {};
    if (type === 'x' || type === 'g') {
      const text = await source.take(entry.size);
      if (type === 'x') extended = readExtended(text);
    } else {
      const hash = createHash('sha256');
      const parts = [];
      const path = entry.path.replace(/^\.?\//, '').replace(/\/$/, '');
      for await (const part of source.pass(entry.size)) {
        hash.update(part);
        if (wanted.includes(path)) parts.push(part);
      }
      const { mode, uid, gid, target, size } = entry;
      const what = TYPES[type] ?? `type ${type}`;
      const line = JSON.stringify([path, what, mode, uid, gid, target, size, hash.digest('hex')]);
      if (path) yield { path, line, bytes: Buffer.concat(parts) };
    }
    await source.take((BLOCK - (entry.size % BLOCK)) % BLOCK);
  }
  // The engine waits until all data is read.
  for await (const _ of source.pass(Number.POSITIVE_INFINITY));
}

function readHead(head) {
  const text = (from, to) => head.toString('utf8', from, to).replace(/\0.*$/s, '');
  const octal = (from, to) => Number.parseInt(text(from, to).trim() || '0', 8);
  const prefix = text(345, 500);
  return {
    path: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100),
    mode: (octal(100, 108) & 0o7777).toString(8),
    uid: octal(108, 116),
    gid: octal(116, 124),
    size: octal(124, 136),
    target: text(157, 257),
  };
}

/** Pax records, `length key=value\n`; only fields that a header also has are used. */
function readExtended(bytes) {
  const found = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const end = at + Number(bytes.toString('utf8', at, space));
    const [key, ...value] = bytes.toString('utf8', space + 1, end - 1).split('=');
    found[key] = value.join('=');
    at = end;
  }
  const { path, linkpath: target, size } = found;
  return { ...(path && { path }), ...(target && { target }), ...(size && { size: Number(size) }) };
}

/** Reads a stream in chunks of the requested size. */
function reader(stream) {
  const chunks = stream[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  const fill = async () => {
    if (rest.length > 0) return true;
    const { done, value } = await chunks.next();
    if (!done) rest = value;
    return !done;
  };
  async function* pass(size) {
    for (let left = size; left > 0 && (await fill()); ) {
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
  const take = async (size) => {
    const parts = [];
    for await (const part of pass(size)) parts.push(part);
    const bytes = Buffer.concat(parts);
    return bytes.length === size ? bytes : undefined;
  };
  return { pass, take };
}
