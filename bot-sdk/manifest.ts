import { assertAllowedModule, type Bundle } from './bundle.js';
import { BundleError, withLine } from './bundle-error.js';
import {
  DEFAULT_LIMITS,
  type EventFilter,
  HOOKS,
  type Hook,
  type JsonObject,
  type Manifest,
  type RunLimits,
} from './contract.js';
import { HOST } from './hosts.js';
import { camelCase } from './javascript-source.js';
import { flag, list, ManifestError, object, onlyKnown, text, texts, wholeNumber } from './manifest-fields.js';
import { DECLARED_MODULES, modulesOf, SDK_MODULE } from './modules.js';
import { compile, ParamsError } from './params.js';
import { faultInSchema } from './params-schema.js';
import { byteLength, NotJsonError, plainObject } from './plain-json.js';

/**
 * The manifest of code without one: what it may do, derived from its source. Everyone in the channel can see it. Throws
 * a BundleError if the code imports something that must be declared.
 */
export function manifestOf(bundle: Bundle): Manifest {
  const undeclared = bundle.imports.find((module) => DECLARED_MODULES.includes(module));
  if (undeclared) {
    const allowed = modulesOf(bundle.language).filter((module) => !DECLARED_MODULES.includes(module));
    const fault = withLine(`a manifest has to name ${undeclared}`, bundle.importLines.get(undeclared));
    throw new BundleError('MODULE_NOT_ALLOWED', fault, undeclared, allowed);
  }
  return {
    name: NAME.test(bundle.className) ? bundle.className : 'CustomBot',
    version: '1.0.0',
    summary: '',
    language: bundle.language,
    hooks: bundle.hooks,
    emits: [],
    ...hearsOf(undefined, bundle),
    params: { type: 'object' },
    seats: ANY_SEATS,
    permissions: {
      network: bundle.hosts,
      modules: bundle.imports.filter((module) => module !== SDK_MODULE && modulesOf(bundle.language).includes(module)),
      private_messages: true,
      update_channel: /\bupdate_?[cC]hannel\b/.test(bundle.source),
    },
    needs_env: [],
    limits: {},
  };
}

/** Validates a manifest against its code and adds the defaults. Only `name` is required. */
export function checkManifest(given: unknown, bundle: Bundle): Manifest {
  const fields = plain(given);
  if (byteLength(fields) > MAX_BYTES) throw new ManifestError('manifest', 'is larger than 64 KB');
  onlyKnown(fields, FIELDS, '');
  return {
    name: text(fields.name, 'name', NAME),
    version: text(fields.version ?? '1.0.0', 'version', /^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$/),
    summary: text(fields.summary ?? '', 'summary', /^.{0,300}$/s),
    language: languageOf(fields.language, bundle),
    hooks: hooksOf(fields.hooks, bundle),
    emits: texts(fields.emits, 'emits', BODY_TYPE),
    ...hearsOf(fields.hears, bundle),
    ...movesOf(fields.moves),
    ...quotesOf(fields.quotes),
    ...(fields.binding !== undefined && flag(fields.binding, 'binding') && { binding: true }),
    params: paramsOf(fields.params),
    seats: seatsOf(fields.seats),
    permissions: permissionsOf(fields.permissions, bundle),
    needs_env: texts(fields.needs_env, 'needs_env', /^[A-Z][A-Z0-9_]{0,63}$/),
    limits: limitsOf(fields.limits),
    ...publicStateOf(fields.state_public_schema),
  };
}

const MAX_BYTES = 65_536;
const BODY_TYPE = /^[\w:.-]{1,64}$/;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const ANY_SEATS = { min: 0, max: 64, distinct_members: false };
const FIELDS = [
  'name',
  'version',
  'summary',
  'language',
  'hooks',
  'emits',
  'hears',
  'moves',
  'quotes',
  'binding',
  'params',
  'seats',
  'permissions',
  'needs_env',
  'limits',
  'state_public_schema',
];

function plain(given: unknown): JsonObject {
  try {
    return plainObject(given, 'manifest');
  } catch (error) {
    if (error instanceof NotJsonError) throw new ManifestError(error.at.replace(/^manifest\./, ''), error.fault);
    throw error;
  }
}

function languageOf(language: unknown, bundle: Bundle) {
  if (language !== undefined && language !== bundle.language)
    throw new ManifestError('language', `is not ${bundle.language}, as the code is`);
  return bundle.language;
}

/** The hooks in a manifest are for information only. */
function hooksOf(given: unknown, { hooks }: Bundle): Hook[] {
  if (given === undefined) return hooks;
  const declared = texts(given, 'hooks', /^[A-Za-z_]{1,40}$/);
  return HOOKS.filter((hook) => declared.includes(hook) || declared.includes(camelCase(hook)));
}

/**
 * The manifest after a trial: values that were not `given` are set from the bot's actual hooks; a bot with `on_event`
 * hears every post of other bots. Throws a ManifestError if it declares `hears` without that hook.
 */
export function withHooks(manifest: Manifest, given: Record<string, unknown> | undefined, hooks: Hook[]): Manifest {
  const { hears, ...rest } = manifest;
  const hasHook = hooks.includes('on_event');
  const declared = given?.hears === undefined ? undefined : hears;
  if (declared && !hasHook) throw new ManifestError('hears', 'needs a class with the hook on_event');
  return {
    ...rest,
    hooks: given?.hooks === undefined ? hooks : manifest.hooks,
    ...(hasHook && { hears: declared ?? [{}] }),
  };
}

/** A class with `on_event` hears every post of other bots by default. */
function hearsOf(given: unknown, { hooks }: Bundle): Pick<Manifest, 'hears'> {
  if (given === undefined) return hooks.includes('on_event') ? { hears: [{}] } : {};
  const heard = list(given, 'hears', 16);
  if (!heard.length) throw new ManifestError('hears', 'is empty: leave out the hook on_event instead');
  return { hears: heard.map((each, i) => hearingOf(object(each, `hears[${i}]`), `hears[${i}].`)) };
}

function hearingOf(given: JsonObject, at: string): EventFilter {
  onlyKnown(given, ['kind', 'type'], at);
  const { kind, type } = given;
  return {
    ...(kind !== undefined && { kind: text(kind, `${at}kind`, /^(bot|control)$/) as EventFilter['kind'] }),
    ...(type !== undefined && { type: text(type, `${at}type`, BODY_TYPE) }),
  };
}

function paramsOf(given: unknown): JsonObject {
  return given === undefined ? { type: 'object', additionalProperties: false } : schemaOf(given, 'params');
}

function movesOf(given: unknown): Pick<Manifest, 'moves'> {
  if (given === undefined) return {};
  return { moves: list(given, 'moves', 16).map((move, i) => schemaOf(move, `moves[${i}]`)) };
}

function schemaOf(given: unknown, name: string): JsonObject {
  const schema = object(given, name);
  const fault = faultInSchema(schema, name);
  if (fault) throw new ManifestError(...split(fault));
  try {
    compile(schema);
  } catch (error) {
    if (error instanceof ParamsError)
      throw new ManifestError(name, error.message.replace(/^params: /, 'is no schema: '));
    throw error;
  }
  return schema;
}

function quotesOf(given: unknown): Pick<Manifest, 'quotes'> {
  if (typeof given === 'object' && given !== null) return { quotes: object(given, 'quotes') };
  return given !== undefined && flag(given, 'quotes') ? { quotes: true } : {};
}

function publicStateOf(given: unknown): Pick<Manifest, 'state_public_schema'> {
  return given === undefined ? {} : { state_public_schema: schemaOf(given, 'state_public_schema') };
}

function seatsOf(given: unknown): Manifest['seats'] {
  if (given === undefined) return ANY_SEATS;
  const seats = object(given, 'seats');
  onlyKnown(seats, Object.keys(ANY_SEATS), 'seats.');
  const min = wholeNumber(seats.min ?? ANY_SEATS.min, 'seats.min', 0, 64);
  const max = wholeNumber(seats.max ?? ANY_SEATS.max, 'seats.max', min, 64);
  return { min, max, distinct_members: flag(seats.distinct_members ?? false, 'seats.distinct_members') };
}

function permissionsOf(given: unknown, { imports, importLines, language }: Bundle): Manifest['permissions'] {
  const permissions = object(given ?? {}, 'permissions');
  onlyKnown(permissions, ['network', 'modules', 'private_messages', 'update_channel'], 'permissions.');
  const modules = texts(permissions.modules, 'permissions.modules', /^[\w:./@-]{1,100}$/);
  for (const module of modules) assertAllowedModule(module, language);
  const undeclared = imports.find((module) => module !== SDK_MODULE && !modules.includes(module));
  if (undeclared !== undefined) {
    const line = importLines.get(undeclared);
    assertAllowedModule(undeclared, language, line);
    throw new ManifestError('permissions.modules', withLine(`leave out ${undeclared}, which the code imports`, line));
  }
  return {
    network: texts(permissions.network, 'permissions.network', HOST),
    modules,
    private_messages: flag(permissions.private_messages ?? false, 'permissions.private_messages'),
    update_channel: flag(permissions.update_channel ?? false, 'permissions.update_channel'),
  };
}

function limitsOf(given: unknown): Partial<RunLimits> {
  const limits = object(given ?? {}, 'limits');
  onlyKnown(limits, Object.keys(DEFAULT_LIMITS), 'limits.');
  for (const [name, most] of Object.entries(DEFAULT_LIMITS)) {
    if (limits[name] !== undefined) wholeNumber(limits[name], `limits.${name}`, 1, most);
  }
  return limits as Partial<RunLimits>;
}

function split(fault: string): [field: string, detail: string] {
  const end = fault.indexOf(' ');
  return [fault.slice(0, end), fault.slice(end + 1)];
}
