"""Reads a bot's source before it runs: refuses what the contract refuses, and puts guards where only running shows."""

import ast

from failures import ModuleNotAllowed
from guard_names import (
    ASSIGNABLE,
    DEFINABLE,
    NO_BUILTINS,
    is_dunder,
    is_private,
    is_unreadable,
)

# No source can spell these, so no bot can call or replace them.
PRIVATE_GUARD = "$private"
FORMAT_GUARD = "$format"
FORMATS = ("format", "format_map")
PLAIN_PATTERNS = frozenset("bool bytearray bytes dict float frozenset int list set str tuple".split())


def guarded(source: str, name: str, modules: list[str]) -> ast.Module:
    """The source's tree with guards in it. Raises a SyntaxError or ModuleNotAllowed where it breaks the contract."""
    tree = ast.parse(source, name)
    return ast.fix_missing_locations(Guard(modules, _bound_names(tree)).visit(tree))


class Guard(ast.NodeTransformer):
    def __init__(self, modules: list[str], bound: set[str]) -> None:
        self._modules = modules
        self._bound = bound
        self._classes: list[str] = []

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            self._import(alias.name, alias, node)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.level:
            refuse(node, "a relative import")
        for alias in node.names:
            self._import(node.module or "", alias, node)
            if alias.name.startswith("_"):
                refuse(node, alias.name)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        name = node.attr
        if is_unreadable(name) or (is_dunder(name) and not isinstance(node.ctx, ast.Load)):
            refuse(node, name)
        if not isinstance(node.ctx, ast.Load):
            return node
        if is_private(name):
            return guard_call(PRIVATE_GUARD, node.value, self._mangled(node), node)
        return guard_call(FORMAT_GUARD, node.value, name, node) if name in FORMATS else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.AST]:
        """`x._y += z` reads as well, and the other operand sees what was read."""
        target = node.target
        if not isinstance(target, ast.Attribute) or not is_private(target.attr):
            return self.generic_visit(node)
        if not isinstance(target.value, ast.Name):
            refuse(node, target.attr)
        reader = ast.Name(target.value.id, ast.Load())
        check = ast.Expr(guard_call(PRIVATE_GUARD, reader, self._mangled(target), node))
        return [ast.copy_location(check, node), self.generic_visit(node)]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            if node.id in NO_BUILTINS and node.id not in self._bound:
                refuse(node, node.id)
            if is_dunder(node.id) and node.id != "__name__":
                refuse(node, node.id)
        else:
            self._name(node, node.id, ASSIGNABLE)
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
        self._name(node, node.name, DEFINABLE if self._classes else frozenset())
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self._name(node, node.arg)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
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

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> ast.AST:
        self._name(node, node.name)
        return self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        self._name(node, node.rest)
        return self.generic_visit(node)

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        for part in ast.walk(node.value):
            if isinstance(part, ast.Attribute) and (part.attr.startswith("_") or is_unreadable(part.attr)):
                refuse(node, part.attr)
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        """A class pattern reads attributes: those it names, and by position those that the class names."""
        for name in node.kwd_attrs:
            if name.startswith("_") or is_unreadable(name):
                refuse(node, name)
        is_plain = isinstance(node.cls, ast.Name) and node.cls.id in PLAIN_PATTERNS - self._bound
        if node.patterns and not is_plain:
            refuse(node, "a class pattern by position")
        return self.generic_visit(node)

    def _import(self, module: str, alias: ast.alias, node: ast.AST) -> None:
        if module.partition(".")[0] not in self._modules:
            raise ModuleNotAllowed(module, self._modules)
        self._name(node, alias.asname)

    def _name(self, node: ast.AST, name: str | None, allowed: frozenset[str] = frozenset()) -> None:
        if name is not None and is_dunder(name) and name not in allowed:
            refuse(node, name)

    def _mangled(self, node: ast.Attribute) -> str:
        """Inside a class Python puts the class's name before a name with two underscores."""
        if not node.attr.startswith("__"):
            return node.attr
        if not self._classes:
            refuse(node, node.attr)
        return f"_{self._classes[-1].lstrip('_')}{node.attr}"


def refuse(node: ast.AST, what: str) -> None:
    raise SyntaxError(f"{what} is not allowed", ("", getattr(node, "lineno", 0), 0, ""))


def guard_call(guard: str, value: ast.expr, name: str, node: ast.AST) -> ast.Call:
    call = ast.Call(ast.Name(guard, ast.Load()), [value, ast.Constant(name)], [])
    return ast.copy_location(call, node)


def _bound_names(tree: ast.AST) -> set[str]:
    """The names that the source itself gives something to."""
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
