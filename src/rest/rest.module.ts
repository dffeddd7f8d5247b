import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { OperationCatalog } from '../platform/catalogs/operation-catalog.js';
import { Config } from '../platform/config/config.js';
import { addressGuard } from './address-guard.js';
import { DocsController } from './docs.controller.js';
import { methodGuard } from './method-guard.js';
import { OpenapiController } from './openapi.controller.js';

/**
 * Middleware for every route, and documentation for REST clients; the routes themselves are made from the operations.
 * Global, because Nest runs the middleware of global modules first, and even a 401 must carry the CORS headers.
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
      // Supervisors and load balancers may use any host name.
      .exclude('health', 'healthz', 'readyz')
      .forRoutes('{*path}');
  }
}
