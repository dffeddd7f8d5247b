import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { replaceWhole } from '../../platform/files/whole-file.js';
import { readBase64 } from '../notes/base64.js';
import type { TreeHead } from '../tree/verification.js';
import { rolledBack } from './log-errors.js';

const NAME = 'log-head.json';

/**
 * The newest signed head of the server-wide log, in a file beside the key. It is written before the head is given to
 * anybody, so the server notices when its database is older than what it has signed.
 */
@Injectable()
export class HeadFile {
  private readonly file: string;

  constructor({ dataDir }: Config) {
    this.file = join(dataDir, NAME);
  }

  /** Undefined before the first signature. Throws LOG_ROLLED_BACK if the file is damaged. */
  read(): TreeHead | undefined {
    const text = textOf(this.file);
    if (text === undefined) return undefined;
    const head = headOf(text);
    if (head) return head;
    throw rolledBack(`${NAME} is damaged: restore it from a backup`);
  }

  /** Keeps a head, unless another process has kept a newer one. */
  async advance({ size, root }: TreeHead) {
    if ((this.read()?.size ?? -1) >= size) return;
    await replaceWhole(this.file, `${JSON.stringify({ size, root: Buffer.from(root).toString('base64') })}\n`);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function headOf(text: string): TreeHead | undefined {
  try {
    const { size, root } = JSON.parse(text);
    const bytes = readBase64(String(root));
    return Number.isSafeInteger(size) && bytes?.length === 32 ? { size, root: bytes } : undefined;
  } catch {
    return undefined;
  }
}
