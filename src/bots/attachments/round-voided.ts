/** A round of a bot has ended and counts for nobody. Announced in the same write, before RoundOver. */
export class RoundVoided {
  constructor(
    readonly channelId: string,
    readonly botId: string,
  ) {}
}
