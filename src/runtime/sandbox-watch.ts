import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { HealthChecks } from '../platform/observability/health-checks.js';
import { Metrics } from '../platform/observability/metrics.js';
import { Runners } from './runners.js';

/** The state of the sandboxes in /healthz, /readyz and /metrics. */
@Injectable()
export class SandboxWatch {
  constructor(config: Config, { docker }: Runners, healthChecks: HealthChecks, metrics: Metrics) {
    healthChecks.add('sandbox', () => {
      const isWell = !docker?.status.isFailing;
      const status = docker ? (isWell ? 'docker' : 'docker: no container can be started') : 'embedded';
      return { status, isWell, isNeeded: config.sandbox.kind === 'docker' };
    });
    if (!docker) return;
    metrics.watch('parley_sandbox_containers', 'Containers that exist.', () => docker.status.containers);
    metrics.watch('parley_sandbox_containers_most', 'Limit of containers.', () => docker.status.most);
    metrics.watch('parley_sandbox_starts', 'Containers started since the server runs.', () => docker.status.starts);
    metrics.watch('parley_sandbox_waiting', 'Hooks that wait for a container.', () => docker.status.waiting);
    metrics.watch('parley_sandbox_ready_node', 'Started containers for JavaScript.', () => docker.status.ready.node);
    metrics.watch('parley_sandbox_ready_python', 'Started containers for Python.', () => docker.status.ready.python);
  }
}
