import { Global, Module } from '@nestjs/common';
import { LeafSource } from '../proofs/log/leaf-source.js';
import { EntryLeaves } from './entry-leaves.js';

/** Answers what `proofs` asks of `messaging`: it injects the abstract class. Global, because it cannot import it. */
@Global()
@Module({
  providers: [{ provide: LeafSource, useClass: EntryLeaves }],
  exports: [LeafSource],
})
export class EntryLeavesModule {}
