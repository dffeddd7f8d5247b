import { Injectable } from '@nestjs/common';
import { Presets } from '../bots/code/presets.service.js';
import { Channels } from '../channels/channels.service.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { DOCUMENTS, textOf } from '../platform/docs/documents.js';
import { ChannelResource } from './channel.resource.js';
import { ToolsGuide } from './tools-guide.js';

export interface SearchHit {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

export interface SearchResult extends SearchHit {
  readonly text: string;
}

const MAX_HITS = 20;
const MAX_CHANNELS = 500;

/** Everything that can be found by a search: the guides, the presets, and the channels that the caller may see. */
@Injectable()
export class SearchIndex {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly channel: ChannelResource,
    private readonly presets: Presets,
    private readonly tools: ToolsGuide,
  ) {}

  /**
   * Finds the documents that contain every word of the query in their title or text, and the channels that contain it
   * in their name or id.
   */
  async search(query: string, caller: Caller): Promise<SearchHit[]> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const hasAllWords = (text: string) => words.every((word) => text.toLowerCase().includes(word));
    const documents = [...this.guides(), ...this.presetPages(caller)].filter(({ title, text }) =>
      hasAllWords(`${title} ${text}`),
    );
    const channels = await this.channels.namesFor(this.database.read, caller, MAX_CHANNELS);
    const rooms = channels.map(({ id, name }) => this.room(id, name));
    const matches = rooms.filter(({ id, title }) => hasAllWords(`${id} ${title}`));
    return [...documents, ...matches].slice(0, MAX_HITS).map(({ id, title, url }) => ({ id, title, url }));
  }

  /** Throws DOCUMENT_NOT_FOUND if the document does not exist or the caller may not see it. */
  async fetch(id: string, caller: Caller): Promise<SearchResult> {
    const document = [...this.guides(), ...this.presetPages(caller)].find((each) => each.id === id);
    if (document) return document;
    const [, channelId, seat] = /^channel:(chn_[\w-]+)(?:\?seat=(\w{1,8}))?$/.exec(id) ?? [];
    if (!channelId || !caller.scopes.includes('channels')) throw new DomainError('DOCUMENT_NOT_FOUND');
    try {
      const view = await this.channel.read({ id: seat ? `${channelId}?seat=${seat}` : channelId }, caller);
      return { ...this.room(channelId, view.untrusted.view.name), id, text: JSON.stringify(view) };
    } catch (error) {
      if (error instanceof DomainError && error.code === 'SEAT_AMBIGUOUS') throw seatToFetch(id, error);
      if (error instanceof DomainError) throw new DomainError('DOCUMENT_NOT_FOUND');
      throw error;
    }
  }

  private guides(): SearchResult[] {
    const { publicUrl } = this.config;
    const documents = DOCUMENTS.map((document) => ({
      id: `doc:${document.name}`,
      title: document.title,
      url: `${publicUrl}/docs/${document.name}`,
      text: textOf(document),
    }));
    const { name, title } = this.tools.guide;
    return [...documents, { id: `doc:${name}`, title, url: `${publicUrl}/docs`, text: this.tools.read() }];
  }

  private presetPages({ scopes }: Caller): SearchResult[] {
    if (!scopes.includes('bots')) return [];
    return this.presets.all().map(({ manifest: { name, summary }, readme }) => ({
      id: `preset:${name}`,
      title: `${name}: ${summary}`,
      url: `${this.config.publicUrl}/docs/presets/${name}`,
      text: readme,
    }));
  }

  private room(id: string, name: string): SearchHit {
    return { id: `channel:${id}`, title: name, url: `${this.config.publicUrl}/who?channel_id=${id}` };
  }
}

function seatToFetch(id: string, { facts }: DomainError) {
  const seats = facts.seats as string[];
  return new DomainError('SEAT_AMBIGUOUS', `fetch ${seats.map((seat) => `${id}?seat=${seat}`).join(' or ')}`, {
    seats,
  });
}
