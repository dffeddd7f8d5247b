import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { OperationCatalog } from '../platform/catalogs/operation-catalog.js';
import { Config } from '../platform/config/config.js';
import { sendDocs } from '../platform/docs/docs-shell.js';
import { withDocUrls } from '../platform/docs/documents.js';
import { docsPage } from './docs-page.js';

/** The documentation of operations and errors. Needs no token. */
@Controller()
export class DocsController {
  /** The page, rendered at the first request: the catalog does not change once the server listens. */
  private rendered?: string;

  constructor(
    private readonly catalog: OperationCatalog,
    private readonly config: Config,
  ) {}

  @Get('docs')
  page(@Res() response: Response) {
    const contracts = this.catalog.all().map(({ contract }) => contract);
    const { publicUrl, limits } = this.config;
    this.rendered ??= withDocUrls(docsPage(contracts, publicUrl, limits), publicUrl);
    sendDocs(response, this.rendered);
  }
}
