import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { projectPath } from '../platform/config/project.js';
import { VERIFY_PAGE_POLICY, VERIFY_WORKER_POLICY, verifyPage } from './verify-page.js';

/** A script of the page, and its address, which names its content. */
interface Script {
  readonly text: Buffer;
  readonly gzipped: Buffer;
  readonly address: string;
}

/** The page /verify and its two scripts. They say nothing about anybody, so they need no token and may be kept. */
@Controller('verify')
export class VerifyPageController {
  private readonly scripts = new Map<string, Script>();

  @Get()
  page(@Res() response: Response) {
    const [script, worker] = [this.script('page.js').address, this.script('worker.js').address];
    // A browser asks again at each visit, so that the page names the scripts of this version.
    secured(response, VERIFY_PAGE_POLICY).set('Cache-Control', 'no-cache').type('html');
    response.send(verifyPage(script, worker).text);
  }

  @Get('page.js')
  pageScript(@Req() request: Request, @Res() response: Response) {
    this.send('page.js', "default-src 'none'", request, response);
  }

  @Get('worker.js')
  workerScript(@Req() request: Request, @Res() response: Response) {
    this.send('worker.js', VERIFY_WORKER_POLICY, request, response);
  }

  /** Once loaded, a browser keeps a script, so that the page works without a network. */
  private send(name: string, policy: string, request: Request, response: Response) {
    const { text, gzipped } = this.script(name);
    const isZipped = request.acceptsEncodings('gzip') === 'gzip';
    secured(response, policy)
      .set({ 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding' })
      .set(isZipped ? { 'Content-Encoding': 'gzip' } : {})
      .type('text/javascript')
      .send(isZipped ? gzipped : text);
  }

  private script(name: string): Script {
    const known = this.scripts.get(name);
    if (known) return known;
    const text = readFileSync(projectPath('dist', 'verify-page', name));
    const version = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const script = { text, gzipped: gzipSync(text), address: `/verify/${name}?${version}` };
    this.scripts.set(name, script);
    return script;
  }
}

const secured = (response: Response, policy: string) =>
  response.set({
    'Content-Security-Policy': policy,
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
