import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Bodies } from './bodies.js';
import { ParseTurns } from './parse-turns.js';

/** Imported after AuthModule: Nest mounts middleware in that order, and a body is read once its sender is known. */
@Module({ providers: [ParseTurns] })
export class BodiesModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(Bodies).forRoutes('{*path}');
  }
}
