/** Something of a round became hidden or was drawn: from now on it can be in play. Announced in the same write. */
export class RoundTouched {
  constructor(
    readonly channelId: string,
    readonly botId: string,
    readonly round: number,
  ) {}
}

/** A round of a bot has ended with a result. Announced in the same write, before RoundOver. */
export class RoundFinished {
  constructor(
    readonly channelId: string,
    readonly botId: string,
    readonly round: number,
  ) {}
}
