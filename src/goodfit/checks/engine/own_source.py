"""The source of the program that runs: its files and a notebook's cells, as trees."""

from __future__ import annotations

import ast
import gc
import linecache
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar

from goodfit.checks.engine.user_frame import Place, is_users, shown, user_place
from goodfit.lazy_pattern import lazy_pattern

N = TypeVar("N", bound=ast.AST)
T = TypeVar("T")

# Methods by which a program puts something into a list or a buffer of its own.
STORING = lazy_pattern(r"^(append|push|add|store|remember|record|insert|put|cache)(_|$)")
FILES_AT_MOST = 40  # of the program's own, that are parsed
FILES_KEPT = 2 * FILES_AT_MOST  # cells of a notebook come and go
OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Source:
    """One file of the program's, and what was found in it: a search of 50 fits reads its files once.

    Attributes:
        file: its path as it is shown, or the name of a cell.
        text: all of it.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self._mentions: dict[re.Pattern[str], bool] = {}
        self._found: dict[Callable[..., object], Collection[Any]] = {}

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    def mentions(self, pattern: re.Pattern[str]) -> bool:
        """Whether the text has a match: all rules of the source ask before the file is parsed."""
        if pattern not in self._mentions:
            self._mentions[pattern] = pattern.search(self.text) is not None
        return self._mentions[pattern]

    def found(
        self, find: Callable[[ast.Module], Iterable[T]], kept_as: Callable[..., object] | None = None
    ) -> Collection[T]:
        """What a function finds in the tree, each once.

        Args:
            find: depends on the tree alone.
            kept_as: whose finds these are, where the function is a new one in each watch.
        """
        key = kept_as or find
        if key not in self._found:
            self._found[key] = dict.fromkeys(find(self.tree))  # a function is read with its file too
        return self._found[key]


class OwnSource:
    """Keeps the lines of files whose code runs, since a cell's are gone later; at the end it knows the others too."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}
        self._files: list[Source] | None = None

    def note(self) -> None:
        """The file whose code runs now."""
        file = user_place().file
        if file is not None and file not in self._lines:
            self._lines[file] = linecache.getlines(file)  # also of a notebook's cells

    def files(self) -> list[Source]:
        """All of the program's files, as they are when this is first asked: at the end."""
        if self._files is None:
            for path in _own_files():
                if len(self._lines) < FILES_AT_MOST:
                    self._lines.setdefault(shown(path), linecache.getlines(path))
            self._files = [_source(file, "".join(lines)) for file, lines in sorted(self._lines.items())]
        return self._files


@lru_cache(maxsize=FILES_KEPT)
def _source(file: str, text: str) -> Source:
    """One object for a file that has not changed: the next watch has what was found in it."""
    return Source(file, text)


def _own_files() -> Iterator[str]:
    """Files of the program's own modules; of a package the first one says whose it is."""
    own: dict[str, bool] = {}
    for name, module in list(sys.modules.items()):
        package = name.partition(".")[0]
        path = getattr(module, "__dict__", {}).get("__file__") if own.get(package, True) else None
        if isinstance(path, str) and path.endswith(".py"):
            own[package] = is_users(path)
            if own[package]:
                yield path


@contextmanager
def collector_paused() -> Iterator[None]:
    """Trees are many objects and no garbage: they would set off a walk through all that the program holds."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@lru_cache(maxsize=FILES_KEPT)
def parsed(text: str) -> ast.Module:
    """The tree of a file; an empty one where there is other than Python in it, as in a cell with a magic command."""
    try:
        with collector_paused():
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def scopes(tree: ast.Module) -> tuple[list[ast.stmt], ...]:
    """The body of the file, and that of each function in it."""
    known: tuple[list[ast.stmt], ...] | None = vars(tree).get("_scopes")
    if known is None:
        functions = (node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        known = vars(tree)["_scopes"] = (tree.body, *(node.body for node in functions))
    return known


def body_of(tree: ast.Module, code: CodeType) -> list[ast.stmt]:
    """Of the function that a code object was made of, or of the file."""
    if code.co_name == "<module>":
        return tree.body
    functions = (node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    first = code.co_firstlineno  # that of the first decorator
    return next(
        (
            node.body
            for node in functions
            if node.name == code.co_name and min([node.lineno, *(each.lineno for each in node.decorator_list)]) == first
        ),
        [],
    )


def scope_around(place: Place, *, whole_file: bool = False) -> list[ast.stmt]:
    """The body of the innermost function around a line, or the statement of the file; empty where there is no line.

    Args:
        whole_file: of a line outside of functions, all statements of the file.
    """
    if place.file is None or place.line is None:
        return []
    return _scope(file_around(place), place.line, whole_file=whole_file)


def file_around(place: Place) -> ast.Module:
    """The tree of the file that a line is of; an empty one where there is no line."""
    if place.file is None:
        return ast.Module([], [])
    return parsed("".join(linecache.getlines(str(Path(place.file).resolve())) or linecache.getlines(place.file)))


def _scope(tree: ast.Module, line: int, *, whole_file: bool) -> list[ast.stmt]:
    """The body of the innermost function around a line, or of the file without its functions and classes."""
    functions = [
        node
        for node in all_nodes(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if functions:
        return max(functions, key=lambda node: node.lineno).body
    if whole_file:
        return tree.body
    return [each for each in tree.body if each.lineno <= line <= (each.end_lineno or 0)]  # such as its loop


def within(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a statement, without those of functions and classes that are defined in it."""
    known: tuple[ast.AST, ...] | None = vars(node).get("_within")
    if known is None:
        nodes, waiting = [], [node]
        while waiting:
            nodes.append(waiting.pop())
            waiting += [child for child in reversed(children(nodes[-1])) if not isinstance(child, OWN_SCOPE)]
        known = vars(node)["_within"] = tuple(nodes)
    return known


def within_body(body: Iterable[ast.stmt]) -> list[ast.AST]:
    """The nodes of all statements of a file, function or loop, without those of functions and classes among them."""
    return [node for each in body if not isinstance(each, OWN_SCOPE) for node in within(each)]


def all_nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    """As ast.walk gives them, once for all rules: to walk through each file for each was a tenth of a short program."""
    known: tuple[ast.AST, ...] | None = vars(node).get("_all_nodes")
    if known is None:
        nodes = [node]
        for each in nodes:
            nodes += children(each)
        known = vars(node)["_all_nodes"] = tuple(nodes)
    return known


def of_kind(node: ast.AST, kind: type[N]) -> list[N]:
    """Of all nodes those of a class: sorted once for all rules."""
    known: dict[type, list[Any]] | None = vars(node).get("_of_kind")
    if known is None:
        known = vars(node)["_of_kind"] = {}
        for each in all_nodes(node):
            known.setdefault(type(each), []).append(each)
    return known.get(kind, [])


def loops_in(node: ast.AST) -> list[ast.For | ast.While]:
    """Of all nodes the loops."""
    return [*of_kind(node, ast.For), *of_kind(node, ast.While)]


def of_this_loop(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement of a loop's body, without those of loops and functions in it."""
    if isinstance(node, (ast.For, ast.While, *OWN_SCOPE)):
        return
    yield node
    for child in children(node):
        yield from of_this_loop(child)


def children(node: ast.AST) -> list[ast.AST]:
    """Kept with the node, as what is computed of it above: a tree does not change."""
    kept = vars(node)
    known: list[ast.AST] | None = kept.get("_children")
    if known is None:
        known = []
        for name in node._fields:
            value = kept.get(name)
            if isinstance(value, ast.AST):
                known.append(value)
            elif isinstance(value, list):
                known += [each for each in value if isinstance(each, ast.AST)]
        kept["_children"] = known
    return known


def given(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What assignments set, and to what: also of `a, b = x, y`."""
    for node in nodes:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=False)
            else:
                yield target, node.value


def names_in(node: ast.AST) -> set[str]:
    """Names that an expression reads or sets."""
    return {each.id for each in all_nodes(node) if isinstance(each, ast.Name)}


def called(node: ast.AST) -> str:
    """The last name of the function that a call calls; "" of anything else."""
    return last_name(node.func) if isinstance(node, ast.Call) else ""


def owner_of(node: ast.AST) -> str:
    """What the method that a call calls is of: net.head of net.head.eval(); "" of anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func.value)
    return ""


def last_name(node: ast.AST) -> str:
    """The last name of self.loss_fn, or of loss_fn; "" of anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
