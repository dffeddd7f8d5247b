import 'reflect-metadata';
import { expect, test } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DEFAULT_LIMITS } from '../../bot-sdk/contract.js';
import { Clock } from '../kernel/clock.js';
import { Config, readConfig } from '../platform/config/config.js';
import { TlsConnections } from '../platform/egress/tls-connections.js';
import { HealthChecks } from '../platform/observability/health-checks.js';
import { createLog } from '../platform/observability/logging.js';
import { Metrics } from '../platform/observability/metrics.js';
import { LOG } from '../platform/platform.module.js';
import { type Executable, NO_NETWORK } from './runner.js';
import { Runners } from './runners.js';
import { RuntimeModule } from './runtime.module.js';

@Global()
@Module({
  providers: [
    { provide: Config, useFactory: () => readConfig({ SANDBOX: 'embedded' }, 'no-such-file') },
    { provide: LOG, useValue: createLog('silent') },
    Clock,
    Metrics,
    HealthChecks,
    { provide: TlsConnections, inject: [Config], useFactory: ({ egress }: Config) => TlsConnections.open(egress) },
  ],
  exports: [Config, LOG, Clock, Metrics, HealthChecks, TlsConnections],
})
class Settings {}

@Module({ imports: [Settings, RuntimeModule] })
class RuntimeAlone {}

test('The runner starts and stops with the application', async () => {
  const app = await NestFactory.createApplicationContext(RuntimeAlone, { logger: false });
  const runner = app.get(Runners).embedded;
  const input = {
    channel_id: 'chn_1',
    bot_id: 'bot_1',
    call: { hook: 'on_init' as const },
    now: '2026-11-20T12:00:00.000Z',
    params: {},
    state: null,
    state_version: 0,
    players: [],
    env: {},
    key: '00'.repeat(32),
    run: 1,
  };
  const bundle: Executable = {
    executed: 'export default class Bot {}',
    language: 'javascript',
    className: 'Bot',
    bundled: {},
    modules: [],
    needsProcess: false,
  };

  const during = await runner.run(bundle, input, DEFAULT_LIMITS, NO_NETWORK);
  await app.close();
  const after = await runner.run(bundle, input, DEFAULT_LIMITS, NO_NETWORK);

  expect([runner.name, runner.engineOf()]).toEqual(['embedded', 'quickjs@0.32.0']);
  expect([during.outcome, after.outcome]).toEqual(['ok', 'killed']);
});
