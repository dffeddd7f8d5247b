import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Bodies } from './bodies.js';

/**
 * Must be imported after BearerModule: Nest runs middleware in that order, and the sender must be known before a body
 * is read.
 */
@Module({})
export class BodiesModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(Bodies).forRoutes('{*path}');
  }
}
