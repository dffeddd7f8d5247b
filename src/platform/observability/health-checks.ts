import { Injectable } from '@nestjs/common';

/** The state of a part of the server. `isNeeded`: while this part fails, the server should get no requests. */
export interface HealthCheck {
  readonly status: string;
  readonly isWell: boolean;
  readonly isNeeded: boolean;
}

/** The checks behind /healthz and /readyz; each part of the server adds its own. */
@Injectable()
export class HealthChecks {
  private readonly parts = new Map<string, () => HealthCheck | Promise<HealthCheck>>();
  private looking?: ReturnType<HealthChecks['lookNow']>;

  /** Adds the check of one part of the server. */
  add(part: string, look: () => HealthCheck | Promise<HealthCheck>) {
    this.parts.set(part, look);
  }

  /** The state of all parts. Concurrent callers share one result. */
  look(): ReturnType<HealthChecks['lookNow']> {
    this.looking ??= this.lookNow().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookNow() {
    const looks = [...this.parts].map(async ([part, look]) => [part, await lookInto(look)] as const);
    const results = await Promise.all(looks);
    return {
      isReady: results.every(([, { isWell, isNeeded }]) => isWell || !isNeeded),
      parts: Object.fromEntries(results.map(([part, { status }]) => [part, status])),
    };
  }
}

/** A check that throws counts as failed and does not affect the others. */
async function lookInto(look: () => HealthCheck | Promise<HealthCheck>): Promise<HealthCheck> {
  try {
    return await look();
  } catch {
    return { status: 'unavailable', isWell: false, isNeeded: false };
  }
}
