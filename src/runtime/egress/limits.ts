/** What one hook run may take from the network. */
export interface WebLimits {
  /** Requests and tunnels together. */
  readonly requests: number;
  readonly atOnce: number;
  readonly redirects: number;
  readonly requestBytes: number;
  /** Of a body, compressed or not. */
  readonly responseBytes: number;
  readonly headerBytes: number;
  /** Of all tunnels, both directions together. */
  readonly tunnelBytes: number;
  /** From the look-up of a name until its host has answered the handshake. Below a hook's wall time, so the bot hears of it. */
  readonly reachMs: number;
  readonly requestMs: number;
}

export const WEB_LIMITS: WebLimits = {
  requests: 10,
  atOnce: 8,
  redirects: 5,
  requestBytes: 262_144,
  responseBytes: 1_048_576,
  headerBytes: 32_768,
  tunnelBytes: 5 * 1_048_576,
  reachMs: 3_500,
  requestMs: 15_000,
};
