/** A round of a bot has ended and counts for nobody. Announced in the same write, before RoundOver. */
export class RoundVoided {
  constructor(
    readonly channelId: string,
    readonly botId: string,
    readonly round: number,
    /** Why, as `round:void` says it. */
    readonly cause: string,
  ) {}
}
