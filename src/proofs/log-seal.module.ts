import { Global, Module } from '@nestjs/common';
import { LogSeal } from '../channels/log-seal.js';
import { Checkpoints } from './checkpoints.service.js';
import { ProofsModule } from './proofs.module.js';

/** Answers what `channels` asks of `proofs`: it injects the abstract class. Global, because it cannot import it. */
@Global()
@Module({
  imports: [ProofsModule],
  providers: [{ provide: LogSeal, useExisting: Checkpoints }],
  exports: [LogSeal],
})
export class LogSealModule {}
