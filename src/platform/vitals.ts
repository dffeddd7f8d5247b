import { Injectable } from '@nestjs/common';

/** How a part of the server does. `isNeeded`: without it the server should get no requests. */
export interface Vital {
  readonly status: string;
  readonly isWell: boolean;
  readonly isNeeded: boolean;
}

/** What /healthz and /readyz tell; each part of the server says it of itself. */
@Injectable()
export class Vitals {
  private readonly parts = new Map<string, () => Vital | Promise<Vital>>();

  toldBy(part: string, look: () => Vital | Promise<Vital>) {
    this.parts.set(part, look);
  }

  async look() {
    const looks = [...this.parts].map(async ([part, look]) => [part, await look()] as const);
    const seen = await Promise.all(looks);
    return {
      isReady: seen.every(([, { isWell, isNeeded }]) => isWell || !isNeeded),
      parts: Object.fromEntries(seen.map(([part, { status }]) => [part, status])),
    };
  }
}
