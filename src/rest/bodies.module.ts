import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Bodies } from './bodies.js';

/** Imported after AuthModule: Nest mounts middleware in that order, and a body is read once its sender is known. */
@Module({})
export class BodiesModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(Bodies).forRoutes('{*path}');
  }
}
