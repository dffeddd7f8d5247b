import { expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Operation } from '../../src/kernel/operation.js';
import { Database } from '../../src/platform/database/database.js';
import { startSmallApp } from '../support/small-app.js';

class Nothing {}

@Controller()
class Breaking {
  constructor(private readonly database: Database) {}

  @Operation({
    name: 'lose_database',
    title: 'Lose',
    summary: 'Lose the database for a while.',
    input: Nothing,
    output: Nothing,
    errors: [],
    access: 'anyone',
  })
  async lose() {
    await this.database.read.connection.destroy();
    return {};
  }

  @Operation({
    name: 'find_database',
    title: 'Find',
    summary: 'Find the database again.',
    input: Nothing,
    output: Nothing,
    errors: [],
    access: 'anyone',
  })
  async find() {
    await this.database.read.connection.initialize();
    return {};
  }
}

test('A server is ready while its database answers, and reports it without an exception when it does not', async () => {
  await using app = await startSmallApp(Breaking);
  const ready = async () => {
    const response = await fetch(`${app.url}/readyz`);
    return [response.status, await response.json()];
  };
  const call = (name: string) => fetch(`${app.url}/${name}`, { method: 'POST' });

  const before = await ready();
  await call('lose_database');
  const without = await ready();
  await call('find_database');

  expect(before).toEqual([200, { status: 'ok', database: 'ok', disk: 'ok' }]);
  expect(without).toEqual([503, { status: 'unavailable', database: 'unavailable', disk: 'unavailable' }]);
  expect(await ready()).toEqual(before);
});
