import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Caller } from '../../kernel/caller.js';
import { COMPLETIONS, PROMPT, type PromptContract } from '../../kernel/prompt.js';
import { RESOURCE, type ResourceContract, type ResourceReader } from '../../kernel/resource.js';

export interface ListedResource {
  readonly contract: ResourceContract;
  readonly reader: ResourceReader;
}

export interface ListedPrompt {
  readonly contract: PromptContract;
  write(input: object, caller: Caller): string | Promise<string>;
}

type Complete = (typed: string, caller: Caller) => string[] | Promise<string[]>;

/** All @Resource, @Prompt and @Completions of the application, collected once at the start. */
@Injectable()
export class ContextCatalog implements OnModuleInit {
  private readonly byUri = new Map<string, ListedResource>();
  private readonly byName = new Map<string, ListedPrompt>();
  private readonly completers = new Map<string, Complete>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit() {
    for (const { instance, metatype } of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const prototype = instance && typeof instance === 'object' ? Object.getPrototypeOf(instance) : undefined;
      if (!prototype || instance.constructor !== metatype) continue;
      const contract = this.reflector.get<ResourceContract>(RESOURCE, instance.constructor);
      if (contract) addOnce(this.byUri, contract.uri, { contract, reader: instance });
      for (const key of this.scanner.getAllMethodNames(prototype)) this.addMethod(instance, key);
    }
  }

  resources(): ListedResource[] {
    return inOrder(this.byUri);
  }

  prompts(): ListedPrompt[] {
    return inOrder(this.byName);
  }

  prompt(name: string): ListedPrompt | undefined {
    return this.byName.get(name);
  }

  /** The completions with this name, or undefined. */
  completions(name: string): Complete | undefined {
    return this.completers.get(name);
  }

  // biome-ignore lint/suspicious/noExplicitAny: an instance of any class
  private addMethod(instance: any, key: string) {
    const method = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(instance), key)?.value ?? instance[key];
    const contract = this.reflector.get<PromptContract>(PROMPT, method);
    const completes = this.reflector.get<string>(COMPLETIONS, method);
    const call = (...args: unknown[]) => instance[key](...args);
    if (contract) addOnce(this.byName, contract.name, { contract, write: call });
    if (completes) addOnce(this.completers, completes, call);
  }
}

function addOnce<T>(map: Map<string, T>, key: string, value: T) {
  if (map.has(key)) throw new Error(`Two declarations answer to ${key}`);
  map.set(key, value);
}

/** Sorted by key, so that the order does not depend on how modules were loaded. */
const inOrder = <T>(map: Map<string, T>): T[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
