/** A bot was released: it runs no more hooks. Announced in the write that releases it. */
export class BotReleased {
  constructor(
    readonly channelId: string,
    readonly botId: string,
  ) {}
}
