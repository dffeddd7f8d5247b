import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Crowd } from '../crowd.js';
import { OauthClient } from './oauth-client.entity.js';

/** Clients that never got a token. Becoming one needs nothing, so there may be no more of them than a disk does not notice. */
const MOST_UNUSED = 10_000;

/** The crowd of clients that nobody has let in yet, whichever way they came. */
@Injectable()
export class UnusedClients extends Crowd<OauthClient> {
  constructor() {
    super(OauthClient, 'id', { firstUsedAt: IsNull() }, { createdAt: 'ASC' }, MOST_UNUSED);
  }
}
