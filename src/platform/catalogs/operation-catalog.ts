import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Caller } from '../../kernel/caller.js';
import { type Contract, OPERATION } from '../../kernel/operation.js';

export interface ListedOperation {
  readonly contract: Contract;
  /**
   * Checks the caller, validates the input, runs the operation and returns the filtered output. Throws a DomainError.
   */
  call(input: unknown, caller: Caller | undefined, signal: AbortSignal): Promise<object>;
}

/** All @Operation methods of the application, collected once at the start. The doors get operations only from here. */
@Injectable()
export class OperationCatalog implements OnModuleInit {
  private readonly byName = new Map<string, ListedOperation>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit() {
    for (const { instance } of this.discovery.getControllers()) {
      for (const key of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const contract = this.reflector.get<Contract>(OPERATION, instance[key]);
        if (contract) this.add(contract, (input, caller, signal) => instance[key](input, caller, signal));
      }
    }
  }

  /** All operations sorted by name, so that the order does not depend on how modules were loaded. */
  all(): ListedOperation[] {
    const once = new Set([...this.byName.values()]);
    return [...once].sort((a, b) => (a.contract.name < b.contract.name ? -1 : 1));
  }

  /** Finds an operation by its name or an alias. */
  find(name: string): ListedOperation | undefined {
    return this.byName.get(name);
  }

  private add(contract: Contract, call: ListedOperation['call']) {
    const operation = { contract, call };
    for (const name of [contract.name, ...(contract.aliases ?? [])]) {
      if (this.byName.has(name)) throw new Error(`Two operations answer to ${name}`);
      this.byName.set(name, operation);
    }
  }
}
