import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = 'test/sandbox';

/** Ordinary Python, each a name and the lines that are run. */
export const CONSTRUCTS = readFileSync(join(HERE, 'python-constructs.txt'), 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((part): [name: string, code: string] => {
    const end = part.indexOf('\n');
    return [part.slice(0, end), part.slice(end + 1).trimEnd()];
  });

/** Whole programs that print and ask, each with what is answered to what it asks. */
export const PROGRAMS = readdirSync(join(HERE, 'programs'))
  .filter((file) => file.endsWith('.py'))
  .map((file): [name: string, code: string, answers: string[]] => {
    const code = readFileSync(join(HERE, 'programs', file), 'utf8');
    const answers = /^# answers: (.*)$/m.exec(code)?.[1]?.split('|') ?? [];
    return [file.replace('.py', ''), code, answers];
  });

const PRINTED = `
def printed(act):
    import contextlib, io
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            act()
        except BaseException as error:
            print('!', type(error).__name__, error)
    return out.getvalue()
`;

/** One source that has every construct as a function, and posts what each of them prints. */
export function constructsBot(constructs: readonly [string, string][]): string {
  const functions = constructs.map(([, code], i) => `def case_${i}():\n${code.replaceAll(/^(?=.)/gm, '    ')}\n`);
  return `${functions.join('\n')}${PRINTED}
class Bot:
    def __init__(self, ctx, params): self.ctx = ctx
    def on_init(self):
        for i, case in enumerate([${constructs.map((_, i) => `case_${i}`)}]):
            if i % 10 == 0 and i: self.ctx.post('bot', shown)
            if i % 10 == 0: shown = {}
            shown[str(i)] = printed(case)
        self.ctx.post('bot', shown)
`;
}

/** A program as it is, with answers in the place of somebody at a terminal. */
export function programBot(code: string, answers: readonly string[]): string {
  return `${code}
ANSWERS_GIVEN = ${JSON.stringify(answers)}
def input(prompt=''):
    print(prompt, end='')
    if not ANSWERS_GIVEN: raise EOFError('no more answers')
    answer = ANSWERS_GIVEN.pop(0)
    print(answer)
    return answer
${PRINTED}
class Bot:
    def __init__(self, ctx, params): self.ctx = ctx
    def on_init(self): self.ctx.post('bot', {'0': printed(main)})
`;
}

/** What plain Python says of the same sources: a script that prints, for each, the bodies that its bot posts. */
export function plainScript(sources: readonly string[]): string {
  return `import json, sys, types
class Ctx:
    def __init__(self): self.shown = {}
    def post(self, kind, body): self.shown |= body
found = []
for source in json.loads(${JSON.stringify(JSON.stringify(sources))}):
    sys.modules['bot'] = types.ModuleType('bot')
    names = vars(sys.modules['bot'])
    names['__file__'] = 'bot.py'
    exec(compile(source, 'bot.py', 'exec', dont_inherit=True), names)
    ctx = Ctx()
    names['Bot'](ctx, {}).on_init()
    found.append(ctx.shown)
print(json.dumps(found))
`;
}
