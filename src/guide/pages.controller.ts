import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Presets } from '../bots/code/presets.service.js';
import { DomainError } from '../kernel/errors.js';
import { docsShell, sendDocs } from '../platform/docs/docs-shell.js';
import { DOCUMENTS, docsNav, textOf } from '../platform/docs/documents.js';
import { renderMarkdown } from './markdown.js';

/** The documents and the presets as pages. They need no token and are under /docs, like the operations. */
@Controller('docs')
export class PagesController {
  constructor(private readonly presets: Presets) {}

  @Get('presets/:name')
  preset(@Param('name') name: string, @Res() response: Response) {
    const preset = this.presets.find(name);
    if (!preset) throw new DomainError('NOT_FOUND');
    this.send(response, `/docs/presets/${name}`, name, preset.readme, pageOf);
  }

  @Get(':name')
  document(@Param('name') name: string, @Res() response: Response) {
    // A text may refer to a document by its file.
    const document = DOCUMENTS.find((each) => each.name === name.replace(/\.md$/, ''));
    if (!document) throw new DomainError('NOT_FOUND');
    this.send(response, `/docs/${document.name}`, document.title, textOf(document), pageOf);
  }

  private send(response: Response, path: string, title: string, markdown: string, linkOf: typeof pageOf) {
    const names = this.presets.all().map(({ manifest }) => manifest.name);
    const body = renderMarkdown(markdown, linkOf);
    sendDocs(response, docsShell({ title, nav: docsNav(path, names), body }));
  }
}

/** The page for a link in a document: project files that are documents have a page. Undefined for all other files. */
function pageOf(target: string): string | undefined {
  if (/^(https?:\/\/|#)/i.test(target)) return target;
  if (/^\/(docs|openapi\.json|account)\b/.test(target)) return target;
  const [path = '', anchor] = target.split('#', 2);
  const file = path.split('/').filter((part) => part && part !== '.' && part !== '..');
  const found = DOCUMENTS.find((document) => endsWith(document.file, file));
  return found && `/docs/${found.name}${anchor ? `#${anchor}` : ''}`;
}

const endsWith = (file: readonly string[], part: readonly string[]) =>
  part.length > 0 && file.slice(-part.length).join('/') === part.join('/');
