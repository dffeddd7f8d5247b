import { Controller, Get } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { OperationCatalog } from '../platform/operation-catalog.js';
import { openapiOf } from './openapi.js';

/** The machine-readable description of the REST door. Needs no token. */
@Controller()
export class OpenapiController {
  constructor(
    private readonly catalog: OperationCatalog,
    private readonly config: Config,
  ) {}

  @Get('openapi.json')
  document() {
    const contracts = this.catalog.all().map(({ contract }) => contract);
    return openapiOf(contracts, this.config.publicUrl);
  }
}
