import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { projectPath } from '../platform/config/project.js';
import { VERIFY_PAGE, VERIFY_PAGE_POLICY, VERIFY_WORKER_POLICY } from './verify-page.js';

/** The page /verify and its two scripts. None of them says anything about anybody, so they need no token and may be kept. */
@Controller('verify')
export class VerifyPageController {
  @Get()
  page(@Res() response: Response) {
    secured(response, VERIFY_PAGE_POLICY).type('html').send(VERIFY_PAGE.text);
  }

  @Get('page.js')
  pageScript(@Res() response: Response) {
    script(response, 'page.js', "default-src 'none'");
  }

  @Get('worker.js')
  workerScript(@Res() response: Response) {
    script(response, 'worker.js', VERIFY_WORKER_POLICY);
  }
}

function script(response: Response, name: string, policy: string) {
  secured(response, policy).sendFile(projectPath('dist', 'verify-page', name), { cacheControl: false });
}

/** A browser asks again at each visit, so that page and scripts are of one version. */
const secured = (response: Response, policy: string) =>
  response.set({
    'Content-Security-Policy': policy,
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  });
