/** The network limits of one hook run. */
export interface WebLimits {
  /** Requests and tunnels together. */
  readonly requests: number;
  readonly atOnce: number;
  readonly redirects: number;
  readonly requestBytes: number;
  /** The maximum size of a body, before and after decompression. */
  readonly responseBytes: number;
  readonly headerBytes: number;
  /** All tunnels, both directions together. */
  readonly tunnelBytes: number;
  /**
   * The time for name lookup, connection and TLS handshake. Less than a hook's wall-time limit, so that the bot can
   * handle the error.
   */
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
