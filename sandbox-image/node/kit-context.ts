import vm from 'node:vm';
import { LIBRARIES } from '../../bot-sdk/kit/libraries.js';
import { SDK_MODULE } from '../../bot-sdk/modules.js';
import { type Exports, KIT_SCRIPT, type Kit, TRIAL_SCRIPT } from './kit-script.js';
import { Scripts } from './scripts.js';

/** Functions of the kit: to begin, settle a request, fire the next timer, and report a rejection. */
export interface KitFunctions {
  starter(): void;
  settler(answer: string): void;
  ticker(): unknown;
  teller(reason: unknown): void;
}

/** What the kit asks of its hook. */
export interface KitHost {
  answer(operation: string, request: string): string;
  /** The bot's module with its imports, for the kit to start. */
  load(sdk: Exports, newExports: () => Exports): ReturnType<Parameters<Kit>[0]>;
}

/** Shared by all bots, so that the warm-up compiles the kit for them. */
const kit = new Scripts();
const trialKit = new Scripts();

/**
 * A V8 context in which the kit has run, for one hook. Of the host, its code can reach only one function, which exchanges
 * text.
 */
export class KitContext {
  readonly functions: KitFunctions;
  private host?: KitHost;

  constructor(
    readonly context: vm.Context,
    [scripts, script]: readonly [Scripts, string],
  ) {
    const lent: Partial<KitFunctions> = {};
    context.parley = (operation: string, request: string, lending?: never) => {
      if (lending) lent[operation as keyof KitFunctions] = lending;
      return lending || !this.host ? '' : this.host.answer(operation, request);
    };
    const start = scripts.run(SDK_MODULE, script, context) as Kit;
    start(
      (sdk, newExports) => (this.host as KitHost).load(sdk, newExports),
      (library) => scripts.run(`library ${library}`, LIBRARIES[library] ?? '', context),
    );
    this.functions = lent as KitFunctions;
  }

  begin(host: KitHost): void {
    this.host = host;
    this.functions.starter();
  }
}

let spare: KitContext | undefined;

/** Makes the context of the next hook, which then need not wait for that. Nothing in it depends on a bot or a hook. */
export function prepareContext(): void {
  spare ??= newContext([kit, KIT_SCRIPT]);
}

/** A context for one hook. */
export function takeContext(isTrial: boolean): KitContext {
  if (isTrial) return newContext([trialKit, TRIAL_SCRIPT]);
  const context = spare ?? newContext([kit, KIT_SCRIPT]);
  spare = undefined;
  return context;
}

function newContext(kit: readonly [Scripts, string]): KitContext {
  // biome-ignore lint/suspicious/noExplicitAny: newer than the types
  const context = vm.createContext((vm.constants as any).DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
  });
  return new KitContext(context, kit);
}
