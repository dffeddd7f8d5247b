// `node scripts/unwatched-promises.mjs`: lists every floating promise and fails if there is one, because its rejection
// would end the process. It finds three kinds by type: a statement that is a promise; `void` before a promise (which
// satisfies other linters but handles nothing); an async function where a function without a result is expected.
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

const FOLDERS = ['src', 'cli', 'bot-sdk', 'sandbox-image', 'bot-presets'];

/** The findings in these folders or files, each as `file:line: what`. */
export function unwatchedPromises({ folders = FOLDERS, files } = {}) {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8'));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const isAsked = (name) => folders.some((folder) => relative('.', name).startsWith(`${folder}/`));
  const asked = files?.map((file) => resolve(file)) ?? fileNames.map((name) => resolve(name)).filter(isAsked);
  const program = ts.createProgram(asked, options);
  const checker = program.getTypeChecker();
  return asked.flatMap((name) => findingsOf(program.getSourceFile(name), checker));
}

function findingsOf(source, checker) {
  const findings = [];
  const isSpec = source.fileName.endsWith('.spec.ts');
  const note = (node, what) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    findings.push(
      `${relative('.', source.fileName)}:${line + 1}: ${what}: ${node.getText().split('\n')[0].slice(0, 80)}`,
    );
  };
  const visit = (node) => {
    if (ts.isExpressionStatement(node)) look(node.expression, note, checker);
    if (ts.isVoidExpression(node)) look(node.expression, note, checker);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) lookAtFunction(node, note, checker);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) lookAtNamedCallbacks(node, note, checker);
    ts.forEachChild(node, visit);
  };
  if (!isSpec) visit(source);
  return findings;
}

/** Checks the parts of `a && b()`, `a ? b() : c()` and `a, b()` as well. */
function look(expression, note, checker) {
  const node = ts.skipPartiallyEmittedExpressions(expression);
  if (ts.isParenthesizedExpression(node)) return look(node.expression, note, checker);
  if (ts.isVoidExpression(node)) return;
  if (ts.isConditionalExpression(node)) {
    look(node.whenTrue, note, checker);
    return look(node.whenFalse, note, checker);
  }
  if (ts.isBinaryExpression(node) && SHORT.has(node.operatorToken.kind)) return look(node.right, note, checker);
  // An assignment stores the promise.
  if (ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment) {
    if (node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) return;
  }
  if (ts.isAwaitExpression(node) || isWatched(node, checker)) return;
  if (isPromise(checker.getTypeAtLocation(node), checker)) note(node, 'nobody watches this promise');
}

const SHORT = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.CommaToken,
]);

/** Whether it ends in `.catch(f)` or `.then(f, g)`; a `finally` after it does not matter. */
function isWatched(node, checker) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { name, expression } = node.expression;
  if (name.text === 'catch') return node.arguments.length > 0;
  if (name.text === 'then') return node.arguments.length > 1;
  return name.text === 'finally' && isWatched(expression, checker);
}

/** Checks a function whose result is ignored: an argument, an assigned handler, a method of a listener. */
function lookAtFunction(node, note, checker) {
  const wanted = checker.getContextualType(node);
  if (wanted && wantsNothing(wanted) && !givesWatched(node, checker) && givesPromise(node, checker))
    note(node, DROPPED);
}

const DROPPED = 'a function that gives a promise, where nobody takes it';

const givesWatched = (node, checker) => ts.isArrowFunction(node) && isWatched(node.body, checker);

const givesPromise = (node, checker) =>
  checker
    .getTypeAtLocation(node)
    .getCallSignatures()
    .some((one) => isPromise(one.getReturnType(), checker));

/** The same for a named function; only constants can be inspected here. */
function lookAtNamedCallbacks(call, note, checker) {
  const signature = checker.getResolvedSignature(call);
  if (!signature) return;
  call.arguments?.forEach((argument, i) => {
    if (ts.isSpreadElement(argument) || ts.isArrowFunction(argument) || ts.isFunctionExpression(argument)) return;
    const wanted = parameterType(signature, i, call, checker);
    if (!wanted || !wantsNothing(wanted)) return;
    const made = checker.getSymbolAtLocation(argument)?.valueDeclaration?.initializer;
    if (givesPromise(argument, checker) && !(made && givesWatched(made, checker))) note(argument, DROPPED);
  });
}

function parameterType(signature, index, call, checker) {
  const { parameters } = signature;
  const last = parameters.at(-1);
  const parameter = parameters[Math.min(index, parameters.length - 1)];
  if (!parameter) return undefined;
  const type = checker.getTypeOfSymbolAtLocation(parameter, call);
  const isRest = parameter === last && parameter.valueDeclaration?.dotDotDotToken;
  return isRest ? checker.getIndexTypeOfType(type, ts.IndexKind.Number) : type;
}

/** Whether every call signature returns nothing, so that a returned promise is ignored. */
function wantsNothing(type) {
  const kinds = type.isUnion() ? type.types : [type];
  const signatures = kinds.flatMap((kind) => kind.getCallSignatures());
  return signatures.length > 0 && signatures.every((one) => one.getReturnType().flags & ts.TypeFlags.Void);
}

function isPromise(type, checker) {
  const kinds = type.isUnion() ? type.types : [type];
  return kinds.some((kind) => {
    // A list of promises is checked like a promise.
    const [item] = checker.isArrayType(kind) ? checker.getTypeArguments(kind) : [];
    if (item) return isPromise(item, checker);
    if (kind.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return false;
    const then = kind.getProperty('then');
    return Boolean(then?.valueDeclaration) && checker.getTypeOfSymbol(then).getCallSignatures().length > 0;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const findings = unwatchedPromises();
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) console.error(`${findings.length} promises that nobody watches.`);
  process.exit(findings.length > 0 ? 1 : 0);
}
