import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config, ConfigError } from '../../platform/config/config.js';
import { ServerKey, type SigningKey } from '../../platform/secrets/server-key.js';
import { NO_WITNESSES, readWitnesses, type WitnessPolicy } from '../notes/policy.js';
import { noteText } from '../notes/signed-note.js';
import { readVkey, type VerifierKey } from '../notes/verifier-key.js';

/** The keys that sign checkpoints. The file is read again when the operator has changed the key. */
@Injectable()
export class LogKeys {
  /** Whom the operator has asked to cosign the server-wide log. */
  readonly witnesses: WitnessPolicy;
  private known?: { readonly key: ServerKey; readonly changed: number };

  constructor(private readonly config: Config) {
    this.witnesses = witnessesOf(config.witnesses);
  }

  /** The name of the server-wide log, and the beginning of the names of its channels' logs. */
  get origin(): string {
    return this.key.origin;
  }

  /** The keys that the server has used, oldest first. */
  get all(): readonly SigningKey[] {
    return this.key.keys;
  }

  get verifierKeys(): string[] {
    return this.all.map(({ vkey }) => vkey);
  }

  originOf(channelId: string): string {
    return `${this.origin}/ch/${channelId}`;
  }

  /** A signed note with a signature of each of these keys; by default of the newest one. */
  sign(text: string, keys: readonly SigningKey[] = this.all.slice(-1)): string {
    const signatures = keys.map((key) => {
      const { name, id } = readVkey(key.vkey) as VerifierKey;
      return { name, id, signature: key.sign(text) };
    });
    return noteText({ text, signatures });
  }

  /** A C2SP tlog-policy that names the newest key, and the witnesses of this server. */
  get policy(): string {
    return `${[`log ${this.verifierKeys.at(-1)}`, ...this.witnesses.lines].join('\n')}\n`;
  }

  /** The key is created at its first use, because with PORT=0 the origin is known only once the server listens. */
  private get key(): ServerKey {
    const { dataDir, publicUrl } = this.config;
    const changed = changedAt(join(dataDir, 'server-key.json'));
    if (!this.known || this.known.changed !== changed) {
      const key = ServerKey.of(dataDir, new URL(publicUrl).host);
      this.known = { key, changed: changedAt(join(dataDir, 'server-key.json')) };
    }
    return this.known.key;
  }
}

/** The setting is the text of a policy, or the name of a file with it. */
function witnessesOf(setting: string): WitnessPolicy {
  if (!setting) return NO_WITNESSES;
  try {
    return readWitnesses(/\s/.test(setting) ? setting : readFileSync(setting, 'utf8'));
  } catch (error) {
    throw new ConfigError(`WITNESSES is no policy as in c2sp.org/tlog-policy: ${(error as Error).message}.`);
  }
}

const changedAt = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
