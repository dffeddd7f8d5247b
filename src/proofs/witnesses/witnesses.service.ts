import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { inBackground } from '../../kernel/background.js';
import { Database } from '../../platform/database/database.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import { LogKeys } from '../log/log-keys.js';
import { ServerLeaves } from '../log/server-leaves.js';
import { Signing } from '../log/signing.js';
import { noteText, readNote, type SignatureLine, type SignedNote } from '../notes/signed-note.js';
import { WitnessClient } from './witness-client.js';

/** Offers each new checkpoint of the server-wide log to the witnesses, and keeps their cosignatures with it. */
@Injectable()
export class Witnesses implements OnModuleDestroy {
  private readonly clients: readonly WitnessClient[];
  private readonly failures = new Map<string, string>();
  private work?: Promise<void>;
  private isDue = false;

  constructor(
    private readonly database: Database,
    private readonly leaves: ServerLeaves,
    signing: Signing,
    keys: LogKeys,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.clients = keys.witnesses.witnesses.map((witness) => new WitnessClient(witness));
    if (this.clients.length) signing.onSigned(() => this.look());
  }

  async onModuleDestroy() {
    this.isDue = false;
    await this.work;
  }

  /** Resolves when the witnesses have answered what is being offered to them now. */
  async settled(): Promise<void> {
    await this.work;
  }

  /** One offer at a time: what is signed meanwhile is offered after it. */
  private look() {
    this.isDue = true;
    if (this.work !== undefined) return;
    this.work = this.offerAll().finally(() => {
      this.work = undefined;
    });
    inBackground('offering checkpoints to witnesses', this.work);
  }

  private async offerAll() {
    while (this.isDue) {
      this.isDue = false;
      const newest = await this.leaves.newestCheckpoint(this.database.read);
      const note = newest && readNote(newest.note);
      if (!newest || !note) return;
      const answers = await Promise.all(this.clients.map((client) => this.ask(client, newest.note, newest.size)));
      const lines = answers.filter((line) => line !== undefined);
      if (lines.length) await this.keep(newest.size, { ...note, signatures: [...note.signatures, ...lines] });
    }
  }

  private async ask(client: WitnessClient, note: string, size: number): Promise<SignatureLine | undefined> {
    const { name } = client.witness;
    try {
      const line = await client.cosign({ note, size, tree: this.leaves.tree });
      this.failures.delete(name);
      return line;
    } catch (error) {
      const why = (error as Error).message;
      if (this.failures.get(name) !== why) this.log.warn(`the witness ${name} did not sign: ${why}`);
      this.failures.set(name, why);
      return undefined;
    }
  }

  private keep(size: number, note: SignedNote) {
    return this.database.write((tx) => this.leaves.cosign(tx, size, noteText(note)));
  }
}
