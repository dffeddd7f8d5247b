import { createHash } from 'node:crypto';
import { Controller, Get, Header } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { OperationCatalog } from '../platform/operation-catalog.js';
import { docsPage } from './docs-page.js';
import { DOCS_STYLE } from './docs-style.js';

const STYLE_HASH = createHash('sha256').update(DOCS_STYLE).digest('base64');
const CSP = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The documentation of this very server. Needs no token. */
@Controller()
export class DocsController {
  /** What it shows is settled once the server listens. */
  private written?: string;

  constructor(
    private readonly catalog: OperationCatalog,
    private readonly config: Config,
  ) {}

  @Get('docs')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', CSP)
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Referrer-Policy', 'no-referrer')
  page(): string {
    const contracts = this.catalog.all().map(({ contract }) => contract);
    this.written ??= docsPage(contracts, this.config.publicUrl, this.config.limits);
    return this.written;
  }
}
