import { Controller, Get } from '@nestjs/common';
import { OperationCatalog } from '../platform/catalogs/operation-catalog.js';
import { Config } from '../platform/config/config.js';
import { withDocUrls } from '../platform/docs/documents.js';
import { openapiOf } from './openapi.js';

/** The OpenAPI document of the REST door. Needs no token. */
@Controller()
export class OpenapiController {
  constructor(
    private readonly catalog: OperationCatalog,
    private readonly config: Config,
  ) {}

  @Get('openapi.json')
  document() {
    const contracts = this.catalog.all().map(({ contract }) => contract);
    const { publicUrl } = this.config;
    return JSON.parse(withDocUrls(JSON.stringify(openapiOf(contracts, publicUrl)), publicUrl));
  }
}
