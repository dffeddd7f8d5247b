"""Checks a bot's source before it runs: refuses forbidden names, and inserts guards for what is known only at run time.
"""

import ast

from failures import ModuleNotAllowed
from guard_names import (
    NO_BUILTINS,
    NOT_VARIABLES,
    REFUSED,
    is_fixed,
    is_guarded,
    is_refused,
    is_written_on_own,
)

# Not valid identifiers, so a bot can neither call nor replace them.
READ_GUARD = "$read"
OWN_GUARD = "$own"
PATTERN_GUARD = "$pattern"
TARGET = "$target"
PLAIN_PATTERNS = frozenset("bool bytearray bytes dict float frozenset int list set str tuple".split())


def guarded(source: str, name: str, modules: list[str]) -> ast.Module:
    """The source's syntax tree with guards. Raises a SyntaxError or ModuleNotAllowed if it breaks the contract."""
    tree = ast.parse(source, name)
    return ast.fix_missing_locations(Guard(modules, _bound_names(tree)).visit(tree))


class Guard(ast.NodeTransformer):
    def __init__(self, modules: list[str], bound: set[str]) -> None:
        self._modules = modules
        self._bound = bound
        self._classes: list[str] = []
        self._goes_on_without = False

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            self._import(alias.name, alias, node)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.level:
            refuse(node, "a relative import")
        for alias in node.names:
            self._import(node.module or "", alias, node)
            if is_guarded(alias.name) or is_refused(alias.name):
                refuse(node, alias.name)
        return node

    def visit_Try(self, node: ast.Try | ast.TryStar) -> ast.AST:
        """A program that handles a missing module gets the error when it runs, not here."""
        before = self._goes_on_without
        self._goes_on_without = before or any(_catches_imports(handler.type) for handler in node.handlers)
        node.body = [made for child in node.body for made in _listed(self.visit(child))]
        self._goes_on_without = before
        for part in ("handlers", "orelse", "finalbody"):
            setattr(node, part, [made for child in getattr(node, part) for made in _listed(self.visit(child))])
        return node

    visit_TryStar = visit_Try

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        name = self._mangled(node)
        if not isinstance(node.ctx, ast.Load):
            return self._written(node, name)
        if is_refused(name):
            refuse(node, name)
        return guard_call(READ_GUARD, node.value, name, node) if is_guarded(name) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.AST]:
        """`x.y._z += 1` also reads the attribute: the object is evaluated once and checked first."""
        target = node.target
        if not isinstance(target, ast.Attribute) or not is_guarded(self._mangled(target)):
            return self.generic_visit(node)
        owner = ast.Assign([ast.Name(TARGET, ast.Store())], self.visit(target.value))
        check = ast.Expr(guard_call(READ_GUARD, ast.Name(TARGET, ast.Load()), self._mangled(target), node))
        target.value = ast.Name(TARGET, ast.Load())
        node.value = self.visit(node.value)
        node.target = self._written(target, self._mangled(target))
        steps = [owner, check, node, ast.Delete([ast.Name(TARGET, ast.Del())])]
        return [ast.copy_location(step, node) for step in steps]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            if node.id in REFUSED or (node.id in NO_BUILTINS and node.id not in self._bound):
                refuse(node, node.id)
        else:
            self._name(node, node.id)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._name(node, node.name)
        if not node.name.strip("_"):
            refuse(node, node.name)
        for part in ("decorator_list", "bases", "keywords"):
            setattr(node, part, [self.visit(child) for child in getattr(node, part)])
        self._classes.append(node.name)
        node.body = [made for child in node.body for made in _listed(self.visit(child))]
        self._classes.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self._name(node, node.name)
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self._name(node, node.arg)
        return self.generic_visit(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self._name(node, name)
        return node

    visit_Nonlocal = visit_Global

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self._name(node, node.name)
        return self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> ast.AST | list[ast.AST]:
        """A positional class pattern reads the attributes in `__match_args__`, so these are checked first."""
        classes = [
            part.cls
            for case in node.cases
            for part in ast.walk(case.pattern)
            if isinstance(part, ast.MatchClass) and part.patterns and not self._is_plain(part.cls)
        ]
        checks = [
            ast.copy_location(ast.Expr(ast.Call(ast.Name(PATTERN_GUARD, ast.Load()), [_copy(cls)], [])), cls)
            for cls in classes
        ]
        self.generic_visit(node)
        return [*checks, node]

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> ast.AST:
        self._name(node, node.name)
        return self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        self._name(node, node.rest)
        for key in node.keys:
            _assert_plain_path(key)
        return self.generic_visit(node)

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        _assert_plain_path(node.value)
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        """A class pattern reads the attributes that it names."""
        for name in node.kwd_attrs:
            if is_guarded(name) or is_refused(name):
                refuse(node, name)
        _assert_plain_path(node.cls)
        node.patterns = [self.visit(part) for part in node.patterns]
        node.kwd_patterns = [self.visit(part) for part in node.kwd_patterns]
        return node

    def _import(self, module: str, alias: ast.alias, node: ast.Import | ast.ImportFrom) -> None:
        if module.partition(".")[0] not in self._modules and not self._goes_on_without:
            raise ModuleNotAllowed(module, self._modules, node.lineno)
        self._name(node, alias.asname)

    def _name(self, node: ast.AST, name: str | None) -> None:
        if name in NOT_VARIABLES:
            refuse(node, name)

    def _written(self, node: ast.Attribute, name: str) -> ast.Attribute:
        if is_fixed(name):
            refuse(node, name)
        if is_written_on_own(name):
            node.value = guard_call(OWN_GUARD, node.value, name, node)
        return node

    def _is_plain(self, cls: ast.expr) -> bool:
        return isinstance(cls, ast.Name) and cls.id in PLAIN_PATTERNS - self._bound

    def _mangled(self, node: ast.Attribute) -> str:
        """Inside a class Python prefixes names with two underscores by the class name (name mangling)."""
        if not node.attr.startswith("__") or node.attr.endswith("__") or not self._classes:
            return node.attr
        return f"_{self._classes[-1].lstrip('_')}{node.attr}"


def refuse(node: ast.AST, what: str) -> None:
    raise SyntaxError(f"{what} is not allowed", ("", getattr(node, "lineno", 0), 0, ""))


def guard_call(guard: str, value: ast.expr, name: str, node: ast.AST) -> ast.Call:
    call = ast.Call(ast.Name(guard, ast.Load()), [value, ast.Constant(name)], [])
    return ast.copy_location(call, node)


def _catches_imports(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(map(_catches_imports, caught.elts))
    return caught is None or (
        isinstance(caught, ast.Name) and caught.id in ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
    )


def _assert_plain_path(path: ast.AST) -> None:
    """No guard can be inserted into a pattern."""
    for part in ast.walk(path):
        if isinstance(part, ast.Attribute) and (is_guarded(part.attr) or is_refused(part.attr)):
            refuse(path, part.attr)


def _copy(path: ast.expr) -> ast.expr:
    """Copies a dotted name, the only form that a pattern's class can have."""
    if isinstance(path, ast.Attribute):
        return ast.Attribute(_copy(path.value), path.attr, ast.Load())
    return ast.Name(path.id, ast.Load())


def _bound_names(tree: ast.AST) -> set[str]:
    """The names that the source itself binds."""
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)):
            bound.add(node.name or "")
    return bound


def _listed(made: ast.AST | list[ast.AST]) -> list[ast.AST]:
    return made if isinstance(made, list) else [made]
