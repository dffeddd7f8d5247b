// Bots see UTC in any time zone of the server; nothing in the server needs another zone.
process.env.TZ = 'UTC';

// The files of the server are private: other users of the machine cannot read them.
process.umask(0o077);

const { ConfigError, readConfig } = await import('./platform/config/config.js');

const LAST_MS = 10_000;

try {
  const config = readConfig();
  // Loaded only now: a faulty setting is reported without waiting for the whole server.
  const { banner } = await import('./banner.js');
  const { ServerKey } = await import('./platform/secrets/server-key.js');
  const { Runners } = await import('./runtime/runners.js');
  const { createServer, listen } = await import('./server.js');
  const { watchProcess } = await import('./watch-process.js');
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
    // Closing might never finish after an exception.
    setTimeout(() => process.exit(1), LAST_MS).unref();
    stop(1);
  });
} catch (error) {
  // An error that the operator can correct is printed as a sentence, without a stack.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
