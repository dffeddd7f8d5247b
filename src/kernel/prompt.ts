import { SetMetadata } from '@nestjs/common';
import type { Caller, Scope } from './caller.js';
import { Describe, type Shape } from './schema.js';

export const PROMPT = Symbol('prompt');
export const COMPLETIONS = Symbol('completions');

/** Words that a person puts into a conversation by picking a name, such as a slash command. */
export interface PromptContract<I extends object = object> {
  readonly name: string;
  readonly title: string;
  /** One plain sentence. */
  readonly summary: string;
  /** Its arguments: text, all of them. */
  readonly input: Shape<I>;
  readonly scope?: Scope;
}

type PromptMethod<I> = (input: I, caller: Caller) => string | Promise<string>;

/** Declares a method that writes a prompt. Only our own words and the caller's go into it. */
export function Prompt<I extends object>(contract: PromptContract<I>) {
  return <M extends PromptMethod<I>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    SetMetadata(PROMPT, contract)(target, key, descriptor);
  };
}

/** Describes an argument for whose values there are completions, by their name. */
export const Completed = (by: string, description: string) => Describe(description, { 'x-completions': by });

type CompletionMethod = (typed: string, caller: Caller) => string[] | Promise<string[]>;

/** Declares a method that knows values which begin as typed, as far as the caller may know of them. */
export function Completions(name: string) {
  return <M extends CompletionMethod>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    SetMetadata(COMPLETIONS, name)(target, key, descriptor);
  };
}
