import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { OperationCatalog } from '../platform/operation-catalog.js';
import { addressGuard } from './address-guard.js';
import { DocsController } from './docs.controller.js';
import { methodGuard } from './method-guard.js';
import { OpenapiController } from './openapi.controller.js';

/**
 * What stands in front of every route, and what REST clients read: the routes themselves come from the operations.
 * Global, because Nest mounts the middleware of global modules first: a 401 has to carry the headers of CORS too.
 */
@Global()
@Module({ controllers: [DocsController, OpenapiController] })
export class RestModule implements NestModule {
  constructor(
    private readonly config: Config,
    private readonly catalog: OperationCatalog,
  ) {}

  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply(addressGuard(this.config), methodGuard(this.catalog))
      // Supervisors and load balancers call by whatever address they have.
      .exclude('healthz', 'readyz')
      .forRoutes('{*path}');
  }
}
