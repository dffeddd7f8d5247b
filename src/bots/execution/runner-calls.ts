import { Injectable } from '@nestjs/common';
import { DEFAULT_LIMITS, type HookInput, type RunResult } from '../../../bot-sdk/contract.js';
import type { AnswerMemory } from '../../runtime/egress/answer-memory.js';
import { Egress } from '../../runtime/egress/egress.js';
import type { RunNetwork } from '../../runtime/egress/run-network.js';
import { Tunnel } from '../../runtime/egress/tunnel.js';
import type { NetworkAccess } from '../../runtime/runner.js';
import { wasStopped } from '../../runtime/stopped-run.js';
import type { GenuineCode } from '../code/executables.js';
import type { HookInvocation } from './hook-invocation.js';
import { HookMonitor } from './hook-monitor.js';
import { RunMemory } from './run-memory.service.js';

export interface CalledHook {
  readonly result: RunResult;
  readonly network: RunNetwork;
}

/** Calls a runner with a hook and the network access of its run. */
@Injectable()
export class RunnerCalls {
  constructor(
    private readonly egress: Egress,
    private readonly memories: RunMemory,
    private readonly monitor: HookMonitor,
  ) {}

  /**
   * A run that was stopped from outside is repeated once, with the same input, the same key and the same answers of the
   * network. `hasSecrets`: answers may contain secrets of the bot, so they are not stored.
   */
  async call(
    invocation: HookInvocation,
    code: GenuineCode,
    input: HookInput,
    hasSecrets: boolean,
  ): Promise<CalledHook> {
    const memory = await this.memories.of(invocation, !hasSecrets);
    const first = await this.attempt(invocation, code, input, memory);
    return wasStopped(first.result.error) ? this.attempt(invocation, code, input, memory) : first;
  }

  private async attempt(
    invocation: HookInvocation,
    { runner, executable }: GenuineCode,
    input: HookInput,
    memory: AnswerMemory,
  ): Promise<CalledHook> {
    const over = new AbortController();
    const { limits: declared, permissions } = invocation.attachment.manifest();
    const limits = { ...DEFAULT_LIMITS, ...declared };
    const hosts = permissions.network;
    const network = this.egress.session({ hosts, limits: { requests: limits.fetches }, signal: over.signal, memory });
    const result = await this.monitor.watch(invocation, input.call, runner.name, (turn) =>
      runner.run(executable, input, limits, networkAccessOf(network, hosts), turn),
    );
    over.abort();
    await network.close();
    return { result, network };
  }
}

function networkAccessOf(network: RunNetwork, hosts: readonly string[]): NetworkAccess {
  return {
    isOpen: hosts.length > 0,
    ask: network.ask,
    async tunnel(host, port) {
      const tunnelOrFailure = await network.open(host, port);
      if (tunnelOrFailure instanceof Tunnel) return tunnelOrFailure;
      throw new Error(tunnelOrFailure.detail);
    },
  };
}
