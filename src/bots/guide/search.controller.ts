import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsString, Length, ValidateNested } from 'class-validator';
import type { Caller } from '../../kernel/caller.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Library } from './library.service.js';

class Search {
  @Describe('Words, all of which must be there.') @IsString() @Length(1, 200) query!: string;
}

class Found {
  @Describe('What to give to fetch.') @IsString() id!: string;
  @Untrusted('what it is called.') @IsString() title!: string;
  @Describe('Where it can be seen; a channel needs your token.') @IsString() url!: string;
}

class SearchResults {
  @Describe('Guides first, then bot presets, then channels; at most 20.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Found)
  results!: Found[];
}

class Fetch {
  @Describe('An id that search gave you.') @IsString() @Length(1, 100) id!: string;
}

class FetchedDocument extends Found {
  @Untrusted('the whole of it: Markdown, or the JSON of a channel.') @IsString() text!: string;
}

/** The two tools that assistants for research look for, in the form they expect. */
@Controller()
export class SearchController {
  constructor(private readonly library: Library) {}

  @Operation({
    name: 'search',
    title: 'Search',
    summary: 'Find guides, bot presets and channels by words in them.',
    input: Search,
    output: SearchResults,
    errors: [],
    cost: 5,
    reads: true,
    openWorld: true,
  })
  async search({ query }: Search, caller: Caller): Promise<SearchResults> {
    return { results: await this.library.search(query, caller) };
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
  })
  fetch({ id }: Fetch, caller: Caller): Promise<FetchedDocument> {
    return this.library.fetch(id, caller);
  }
}
