import { SetMetadata } from '@nestjs/common';
import type { Caller, Scope } from './caller.js';

export const RESOURCE = Symbol('resource');

/** Something that MCP clients read, and may watch, by its address. Clients that call tools never need it. */
export interface ResourceContract {
  /** For programs. */
  readonly name: string;
  readonly title: string;
  /** One plain sentence, read by people and by models. */
  readonly summary: string;
  /** An address, or a template of addresses with simple variables: `parley://channel/{id}`. */
  readonly uri: string;
  readonly mimeType: string;
  /** What a token must cover; left out: anyone who is signed in. */
  readonly scope?: Scope;
  /** For each variable of a template the completions that there are for it, by their name. */
  readonly completions?: Readonly<Record<string, string>>;
}

export type Variables = Readonly<Record<string, string>>;

/** Text as it is, bytes, or a value that is written as JSON. */
export type Content = string | Uint8Array | object;

/** One address of a template that a caller has. */
export interface OwnResource {
  readonly uri: string;
  readonly title: string;
}

/** What is new at an address: in our own words, and apart from them those of others. */
export interface News {
  readonly words: string;
  readonly untrusted: unknown;
  /** Short facts for programs; names of letters, digits and underscores. */
  readonly facts: Readonly<Record<string, string>>;
}

/** What a class with @Resource does. Throws a DomainError; what somebody may not read is not there. */
export interface ResourceReader {
  read(variables: Variables, caller: Caller): Promise<Content> | Content;
  /** Which addresses of a template the caller has. */
  list?(caller: Caller): Promise<OwnResource[]>;
  /** Calls back whenever reading again would show something new, until the answer is called. */
  watch?(variables: Variables, caller: Caller, changed: (news?: News) => void): Promise<() => void>;
  /** Calls back whenever `list` would answer something else, until the answer is called. */
  watchList?(caller: Caller, changed: () => void): Promise<() => void>;
}

/** Declares a provider as a resource. The MCP door discovers it. */
export const Resource = (contract: ResourceContract) => (target: new (...args: never[]) => ResourceReader) => {
  SetMetadata(RESOURCE, contract)(target);
};
