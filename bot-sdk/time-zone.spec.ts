import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';

/** Runs a bot in a separate process, because the time zone belongs to the process. */
const toldIn = (zone: string) => {
  const script = `
    const { play } = await import('./dist/bot-sdk/play.js');
    const source = \`export default class Bot { constructor(ctx) { this.ctx = ctx } onInit() {
      const moved = new Date(); moved.setHours(3);
      const dates = [new Date(), moved, new Date(2026, 6, 2, 3), new Date('2026-07-02T03:00'), new Date('2026-07-02 03:00:00'),
        new Date('Jul 2, 2026'), new Date('May 5-2020'), new Date('2026-03-29T02:30')];
      this.ctx.post('bot', { dates, text: dates.join(), locale: dates.map((date) => date.toLocaleString()), offset: new Date().getTimezoneOffset() });
    } }\`;
    console.log(JSON.stringify((await play({ source }, [])).posts));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TZ: zone },
    encoding: 'utf8',
  });
};

describe('A bot', () => {
  test.each(['America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Apia'])(
    'cannot detect that the machine is in %s',
    (zone) => {
      const told = toldIn(zone);

      expect(JSON.parse(told)).toMatchObject([{ body: { offset: 0 } }]);
      expect(told).toBe(toldIn('UTC'));
    },
  );
});
