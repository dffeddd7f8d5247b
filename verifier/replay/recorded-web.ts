import type { Web, WebAnswer, WebRequest } from '../../bot-sdk/web.js';
import type { Exchange } from '../bundle/bundle.js';
import { isSame } from '../encoding/canonical-json.js';
import type { JsonObject } from '../encoding/json.js';

/** Answers the requests of a run with what was recorded, in the order of the requests. */
export class RecordedWeb {
  private asked = 0;
  private firstOther: number | undefined;

  constructor(private readonly exchanges: readonly Exchange[]) {}

  readonly ask: Web = async (request: WebRequest) => {
    const n = this.asked;
    this.asked += 1;
    const recorded = this.exchanges[n];
    if (recorded && isSame(recorded.request, request as unknown as JsonObject))
      return recorded.answer as unknown as WebAnswer;
    this.firstOther ??= n;
    return { kind: 'failed', code: 'UNREACHABLE', detail: 'no answer was recorded' };
  };

  /** What the run has asked otherwise than it was recorded; undefined if nothing. */
  get difference(): string | undefined {
    if (this.firstOther !== undefined) return `request ${this.firstOther + 1} is not the one that was recorded`;
    if (this.asked < this.exchanges.length)
      return `it made ${this.asked} of ${this.exchanges.length} recorded requests`;
    return undefined;
  }
}
