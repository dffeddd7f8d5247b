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
  private looking?: ReturnType<Vitals['lookNow']>;

  toldBy(part: string, look: () => Vital | Promise<Vital>) {
    this.parts.set(part, look);
  }

  /** Who asks while somebody else is being answered gets the same answer. */
  look(): ReturnType<Vitals['lookNow']> {
    this.looking ??= this.lookNow().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookNow() {
    const looks = [...this.parts].map(async ([part, look]) => [part, await lookInto(look)] as const);
    const seen = await Promise.all(looks);
    return {
      isReady: seen.every(([, { isWell, isNeeded }]) => isWell || !isNeeded),
      parts: Object.fromEntries(seen.map(([part, { status }]) => [part, status])),
    };
  }
}

/** A part that cannot even be looked at is not well, and does not keep the others from being told. */
async function lookInto(look: () => Vital | Promise<Vital>): Promise<Vital> {
  try {
    return await look();
  } catch {
    return { status: 'unavailable', isWell: false, isNeeded: false };
  }
}
