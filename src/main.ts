// Bots see UTC whatever zone the server is in; nothing in the server needs another.
process.env.TZ = 'UTC';

// What is private in the files beside the server is so for everyone else on the machine.
process.umask(0o077);

const { ConfigError, readConfig } = await import('./platform/config.js');
const { banner } = await import('./banner.js');
const { ServerKey } = await import('./platform/server-key.js');
const { Runners } = await import('./runtime/runners.js');
const { createServer, listen } = await import('./server.js');
const { watchProcess } = await import('./watch-process.js');

const LAST_MS = 10_000;

try {
  const config = readConfig();
  const app = await createServer(config);
  await listen(app, config);
  const key = ServerKey.of(config.dataDir, new URL(config.publicUrl).host);
  process.stdout.write(banner(config, key, app.get(Runners)));
  let isStopping = false;
  const stop = (code: number) => {
    if (isStopping) return;
    isStopping = true;
    process.stdout.write('Stopping.\n');
    app.close().then(
      () => process.exit(code),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(0));
  watchProcess(app, () => {
    // Closing may wait for what the exception left undone.
    setTimeout(() => process.exit(1), LAST_MS).unref();
    stop(1);
  });
} catch (error) {
  // What the operator can mend is said in a sentence, without a stack.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
