import { Injectable, type Type } from '@nestjs/common';
import { Presets } from '../bots/code/presets.service.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Resource, type ResourceReader, type Variables } from '../kernel/resource.js';
import { DOCUMENTS, type Document, textOf } from '../platform/docs/documents.js';

/** A resource for each document: `doc://NAME`. */
export const GUIDES: readonly Type<ResourceReader>[] = DOCUMENTS.map(guideOf);

function guideOf(document: Document): Type<ResourceReader> {
  const { name, title, summary } = document;
  @Resource({ name, title, summary, uri: `doc://${name}`, mimeType: 'text/markdown' })
  @Injectable()
  class Guide implements ResourceReader {
    read() {
      return textOf(document);
    }
  }
  return Guide;
}

/** The guide of a preset: how it is played and what it promises. */
@Resource({
  name: 'preset',
  title: 'A preset',
  summary: 'How to play a bot preset, its moves and parameters, and what is proven.',
  uri: 'doc://presets/{name}',
  mimeType: 'text/markdown',
  completions: { name: 'presets' },
})
@Injectable()
export class PresetReadme implements ResourceReader {
  constructor(private readonly presets: Presets) {}

  read({ name = '' }: Variables, _: Caller) {
    const preset = this.presets.find(name);
    if (!preset) throw new DomainError('BOT_NOT_FOUND');
    return preset.readme;
  }

  async list() {
    return this.presets.all().map(({ manifest: { name } }) => ({ uri: `doc://presets/${name}`, title: name }));
  }
}
