import { SetMetadata } from '@nestjs/common';
import type { Caller, Scope } from './caller.js';

export const RESOURCE = Symbol('resource');

/**
 * An MCP resource: something that clients can read, and may watch, by its URI. Clients that only call tools do not need
 * it.
 */
export interface ResourceContract {
  /** The programmatic name. */
  readonly name: string;
  readonly title: string;
  /** One plain sentence, read by people and by models. */
  readonly summary: string;
  /** A URI, or a URI template with simple variables: `parley://channel/{id}`. */
  readonly uri: string;
  readonly mimeType: string;
  /** The scope that a token must have; default: any signed-in caller. */
  readonly scope?: Scope;
  /** For each variable of the template, the name of its completions. */
  readonly completions?: Readonly<Record<string, string>>;
}

export type Variables = Readonly<Record<string, string>>;

/** Text, bytes, or a value that is written as JSON. */
export type Content = string | Uint8Array | object;

/** One URI of a template that the caller can read. */
export interface OwnResource {
  readonly uri: string;
  readonly title: string;
}

/** What changed at a URI: a description in our own words, and separately the text of others. */
export interface ResourceChange {
  readonly words: string;
  readonly untrusted: unknown;
  /** Short facts for programs; the names have letters, digits and underscores. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Implemented by a class with @Resource. Throws a DomainError; a resource that the caller may not read counts as not
 * found.
 */
export interface ResourceReader {
  read(variables: Variables, caller: Caller): Promise<Content> | Content;
  /** Lists the URIs of the template that the caller can read. */
  list?(caller: Caller): Promise<OwnResource[]>;
  /** Calls `changed` whenever the content at the URI changes. Returns the function that stops it. */
  watch?(variables: Variables, caller: Caller, changed: (news?: ResourceChange) => void): Promise<() => void>;
  /** Calls `changed` whenever the result of `list` changes. Returns the function that stops it. */
  watchList?(caller: Caller, changed: () => void): Promise<() => void>;
}

/** Declares a provider as an MCP resource. */
export const Resource = (contract: ResourceContract) => (target: new (...args: never[]) => ResourceReader) => {
  SetMetadata(RESOURCE, contract)(target);
};
