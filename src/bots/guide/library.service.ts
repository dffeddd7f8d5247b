import { Injectable } from '@nestjs/common';
import { Channels } from '../../channels/channels.service.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { Presets } from '../presets.service.js';
import { ChannelResource } from './channel.resource.js';
import { GUIDES, textOf } from './guides.js';

export interface Hit {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

export interface Document extends Hit {
  readonly text: string;
}

const MOST_HITS = 20;
const MOST_CHANNELS = 500;

/** Everything that can be looked up by words: the guides, the presets, and the channels that the caller may see. */
@Injectable()
export class Library {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly channel: ChannelResource,
    private readonly presets: Presets,
  ) {}

  /** What holds every word of the query, in its title or its text; of a channel, in its name or id. */
  async search(query: string, caller: Caller): Promise<Hit[]> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (text: string) => words.every((word) => text.toLowerCase().includes(word));
    const documents = [...this.guides(), ...this.presetPages(caller)].filter(({ title, text }) =>
      holds(`${title} ${text}`),
    );
    const channels = await this.channels.namesFor(this.database.read, caller, MOST_CHANNELS);
    const rooms = channels.map(({ id, name }) => this.room(id, name));
    const found = rooms.filter(({ id, title }) => holds(`${id} ${title}`));
    return [...documents, ...found].slice(0, MOST_HITS).map(({ id, title, url }) => ({ id, title, url }));
  }

  /** Throws DOCUMENT_NOT_FOUND for what there is not, and for what the caller may not see. */
  async fetch(id: string, caller: Caller): Promise<Document> {
    const document = [...this.guides(), ...this.presetPages(caller)].find((each) => each.id === id);
    if (document) return document;
    const [, channelId, seat] = /^channel:(chn_[\w-]+)(?:\?seat=(\w{1,8}))?$/.exec(id) ?? [];
    if (!channelId || !caller.scopes.includes('channels')) throw new DomainError('DOCUMENT_NOT_FOUND');
    try {
      const seen = await this.channel.read({ id: seat ? `${channelId}?seat=${seat}` : channelId }, caller);
      return { ...this.room(channelId, seen.untrusted.view.name), id, text: JSON.stringify(seen) };
    } catch (error) {
      if (error instanceof DomainError && error.code === 'SEAT_AMBIGUOUS') throw seatToFetch(id, error);
      if (error instanceof DomainError) throw new DomainError('DOCUMENT_NOT_FOUND');
      throw error;
    }
  }

  private guides(): Document[] {
    const url = `${this.config.publicUrl}/docs`;
    return Object.values(GUIDES).map((guide) => ({
      id: `doc:${guide.name}`,
      title: guide.title,
      url,
      text: textOf(guide),
    }));
  }

  private presetPages({ scopes }: Caller): Document[] {
    if (!scopes.includes('bots')) return [];
    return this.presets.all().map(({ manifest: { name, summary }, readme }) => ({
      id: `preset:${name}`,
      title: `${name}: ${summary}`,
      url: `${this.config.publicUrl}/get_preset?name=${name}`,
      text: readme,
    }));
  }

  private room(id: string, name: string): Hit {
    return { id: `channel:${id}`, title: name, url: `${this.config.publicUrl}/who?channel_id=${id}` };
  }
}

function seatToFetch(id: string, { facts }: DomainError) {
  const seats = facts.seats as string[];
  return new DomainError('SEAT_AMBIGUOUS', `fetch ${seats.map((seat) => `${id}?seat=${seat}`).join(' or ')}`, {
    seats,
  });
}
