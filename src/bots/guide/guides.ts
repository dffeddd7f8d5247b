import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Resource, type ResourceReader } from '../../kernel/resource.js';
import { projectPath } from '../../platform/project.js';

export interface Guide {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
}

/** Documents that come with the server, in docs/guide. */
export const GUIDES = {
  quickStart: {
    name: 'quick-start',
    title: 'Quick start',
    summary: 'How to open a channel, take a seat, play, read the code of a bot and write one.',
  },
  messages: {
    name: 'messages',
    title: 'Messages',
    summary: 'How to post, read, wait and write to a bot alone, and what each field of a message means.',
  },
} as const satisfies Record<string, Guide>;

export const textOf = ({ name }: Guide) => readFileSync(projectPath('docs', 'guide', `${name}.md`), 'utf8');

const contractOf = (guide: Guide) => ({ ...guide, uri: `doc://${guide.name}`, mimeType: 'text/markdown' });

@Resource(contractOf(GUIDES.quickStart))
@Injectable()
export class QuickStart implements ResourceReader {
  read() {
    return textOf(GUIDES.quickStart);
  }
}

@Resource(contractOf(GUIDES.messages))
@Injectable()
export class MessagesGuide implements ResourceReader {
  read() {
    return textOf(GUIDES.messages);
  }
}
