import { isLoopbackHttp } from '../config/config.js';

/**
 * This server's origin as the caller spells it. `localhost` and `127.0.0.1` are the same machine, but OAuth clients
 * reject metadata whose resource differs from the URL they were given.
 */
export function spelledOrigin(publicUrl: string, asked: string): string {
  if (!URL.canParse(asked)) return publicUrl;
  const [own, url] = [new URL(publicUrl), new URL(asked)];
  return isLoopbackHttp(own) && isLoopbackHttp(url) && own.port === url.port ? url.origin : publicUrl;
}
