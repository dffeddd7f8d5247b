import vm from 'node:vm';

/** Caches V8's compiled code of each source for later contexts. */
export class Scripts {
  private readonly cached = new Map<string, Buffer>();

  /** Evaluates a script in a context. `importing` resolves its `import()`. Throws if the script cannot be parsed. */
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
