import { SetMetadata } from '@nestjs/common';
import type { Caller, Scope } from './caller.js';
import { Describe, type Shape } from './schema.js';

export const PROMPT = Symbol('prompt');
export const COMPLETIONS = Symbol('completions');

/** An MCP prompt: text that a user puts into a conversation by picking a name, such as a slash command. */
export interface PromptContract<I extends object = object> {
  readonly name: string;
  readonly title: string;
  /** One plain sentence. */
  readonly summary: string;
  /** The arguments of the prompt, all of them text. */
  readonly input: Shape<I>;
  readonly scope?: Scope;
}

type PromptMethod<I> = (input: I, caller: Caller) => string | Promise<string>;

/** Declares a method that writes a prompt. The text contains only our own words and the caller's. */
export function Prompt<I extends object>(contract: PromptContract<I>) {
  return <M extends PromptMethod<I>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    SetMetadata(PROMPT, contract)(target, key, descriptor);
  };
}

/** Describes an argument that has completions; `by` is the name of the completions. */
export const Completed = (by: string, description: string) => Describe(description, { 'x-completions': by });

type CompletionMethod = (typed: string, caller: Caller) => string[] | Promise<string[]>;

/** Declares a method that returns the possible values that begin with the given text and that the caller may see. */
export function Completions(name: string) {
  return <M extends CompletionMethod>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    SetMetadata(COMPLETIONS, name)(target, key, descriptor);
  };
}
