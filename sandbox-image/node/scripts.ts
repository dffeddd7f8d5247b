import vm from 'node:vm';

/** What V8 made of each source, kept so that the next context need not parse and compile it again. */
export class Scripts {
  private readonly cached = new Map<string, Buffer>();

  /** Evaluates a script in a context. `importing` answers its `import()`. Throws where it does not parse. */
  run(filename: string, code: string, context: vm.Context, importing?: (name: string) => Promise<vm.Module>): unknown {
    return this.compile(filename, code, importing).runInContext(context);
  }

  compile(filename: string, code: string, importing?: (name: string) => Promise<vm.Module>): vm.Script {
    const script = new vm.Script(code, {
      filename,
      cachedData: this.cached.get(filename),
      importModuleDynamically: importing as never,
    });
    if (!this.cached.has(filename)) this.cached.set(filename, script.createCachedData());
    return script;
  }
}
