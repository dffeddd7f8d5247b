import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../support/free-port.js';
import { type Finished, startTool } from '../support/tools.js';

const LAUNCHER = '@modelcontextprotocol/inspector/clients/launcher/build/index.js';

export type Era = 'legacy' | 'modern';

/** The official inspector on somebody's command line. What it keeps between two commands is in a folder of its own. */
export class Inspector implements AsyncDisposable {
  private readonly home = mkdtempSync(join(tmpdir(), 'parley-inspector-'));

  private constructor(
    private readonly url: string,
    private readonly era: Era,
    private readonly port: number,
  ) {}

  static async at({ url }: { readonly url: string }, era: Era): Promise<Inspector> {
    return new Inspector(url, era, await freePort());
  }

  /** Runs one command. Whoever is not signed in yet gets a browser. */
  run(method: string, ...parameters: string[]): Promise<Finished> {
    const fixed = ['--cli', '--server-url', `${this.url}/mcp`, '--transport', 'http', '--format', 'json'];
    const callback = `http://127.0.0.1:${this.port}/oauth/callback`;
    return startTool(
      LAUNCHER,
      [...fixed, '--protocol-era', this.era, '--callback-url', callback, '--method', method, ...parameters],
      {
        HOME: this.home,
        BROWSER: resolve('test/clients/browser.mjs'),
        MCP_AUTO_OPEN_ENABLED: 'true',
        MCP_INSPECTOR_SECRET_STORE: 'file',
      },
    ).finished;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a story knows what it asked for
  async call(operation: string, input: object = {}): Promise<any> {
    const given = ['--tool-name', operation, '--tool-args-json', JSON.stringify(input)];
    const { code, out, err } = await this.run('tools/call', ...given);
    if (code !== 0) throw new Error(`${operation} ended with ${code}\n${out}\n${err}`);
    return JSON.parse(out).result.structuredContent;
  }

  async [Symbol.asyncDispose]() {
    rmSync(this.home, { recursive: true });
  }
}
