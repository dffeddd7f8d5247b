import { prepare } from '../bot-sdk/bundle.js';
import type { Language } from '../bot-sdk/contract.js';
import { bundlePackages } from '../bot-sdk/npm-packages.js';
import { DockerExecutor } from './replay/docker/docker-executor.js';
import { EmbeddedExecutor } from './replay/embedded.js';
import type { VerifyMeans } from './verify.js';

/** `containers` is to be disposed of in the end: a container may still be there for the next hook. */
export interface NodeMeans extends VerifyMeans {
  readonly containers: DockerExecutor;
}

/** What Node offers for repeating runs. */
export const nodeMeans = (progress?: VerifyMeans['progress'], trusted: readonly string[] = []): NodeMeans => ({
  containers: new DockerExecutor(trusted),
  embedded: new EmbeddedExecutor(() => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }),
  packagesOf: ({ text, language }, name) => {
    for (const given of [undefined, name]) {
      try {
        return bundlePackages(prepare(text, language as Language, given));
      } catch {
        // It is another class, or its packages are not here.
      }
    }
    return undefined;
  },
  progress,
});
