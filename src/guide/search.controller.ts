import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsString, Length, ValidateNested } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { Operation } from '../kernel/operation.js';
import { Describe, Untrusted } from '../kernel/schema.js';
import { SearchIndex } from './search-index.service.js';

class Search {
  @Describe('Words. A result contains all of them.') @IsString() @Length(1, 200) query!: string;
}

class Found {
  @Describe('The id to pass to fetch.') @IsString() id!: string;
  @Untrusted('its title.') @IsString() title!: string;
  @Describe('Its address; a channel needs your token.') @IsString() url!: string;
}

class SearchResults {
  @Describe('Guides first, then bot presets, then channels; at most 20.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Found)
  results!: Found[];
}

class Fetch {
  @Describe('An id from search.') @IsString() @Length(1, 100) id!: string;
}

class FetchedDocument extends Found {
  @Untrusted('the whole document: Markdown, or JSON for a channel.') @IsString() text!: string;
}

/** The two tools that research assistants look for, with the input and output that they expect. */
@Controller()
export class SearchController {
  constructor(private readonly searchIndex: SearchIndex) {}

  @Operation({
    name: 'search',
    title: 'Search',
    summary: 'Find guides, bot presets and channels by words.',
    input: Search,
    output: SearchResults,
    errors: [],
    cost: 5,
    reads: true,
    openWorld: true,
    listsAnswer: true,
  })
  async search({ query }: Search, caller: Caller): Promise<SearchResults> {
    return { results: await this.searchIndex.search(query, caller) };
  }

  @Operation({
    name: 'fetch',
    title: 'Fetch a document',
    summary: 'Read a guide, a bot preset or a channel that search found.',
    input: Fetch,
    output: FetchedDocument,
    errors: ['DOCUMENT_NOT_FOUND', 'SEAT_AMBIGUOUS'],
    reads: true,
    openWorld: true,
    listsAnswer: true,
  })
  fetch({ id }: Fetch, caller: Caller): Promise<FetchedDocument> {
    return this.searchIndex.fetch(id, caller);
  }
}
