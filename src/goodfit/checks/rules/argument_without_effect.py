"""argument-without-effect: a class keeps an argument that it is given, and nothing ever reads it.

What it checks
    In the source of the program: __init__ of a net, or of another class without a base of a library, does nothing with
    one of its arguments, or nothing but `self.name = name`; no file of the program reads an attribute of that name, or
    has it as a text; and a call of the class gives it a value. Its name is that of a weight, rate, temperature, padding
    or the like. Or a method is given an argument, reads it at most to put self's value of that name in the place of
    None, and computes with self.name throughout. Or it never reads an argument that a call gives by its name. Or a
    function or method never reads what is called a mask, lengths, weights or the end of an episode, and is given it.

Why it hurts
    The value that was chosen changes nothing: a weight of a loss stays at 1, a padding is looked for under the id of
    the other side. A search over it compares noise.

Example
    self.kl_weight = kl_weight
    ...
    return reconstruction + kl

Instead
    return reconstruction + self.kl_weight * kl

    def update(self, tau=None):
        tau = self.tau if tau is None else tau
        target.lerp_(online, tau)                       # and not self.tau

When it is a false alarm
    What is kept for people alone, to be looked up later.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TUNES = lazy_pattern(
    r"(^|_)(coeffs?|coefficient|weights?|lambda\w*|lambd|lamb?|alpha|beta|gamma|temp|temperature|tau|margin|\w*smooth\w*|"
    r"dropout|drop|p|pad|padding|ignore|lr|rate|decay|eps|epsilon|clip\w*|scale|momentum|frozen|freeze)(_|$)"
)
NEEDED = lazy_pattern(r"(^|_)(masks?|dones?|terminals?|terminated|legal|lengths?|lens|weights?)(_|$)")
BASES = frozenset({"object", "Module", "Dataset", "IterableDataset", "ABC"})


class ArgumentWithoutEffect(SourceRule):
    code, level = "GF562", Level.WARNING
    worth_parsing = lazy_pattern(r"\w=\w|\bself\.(\w+)(?:, self\.\w+)* *(?::[^=\n]+)?= *\1\b|\bself\.\w+, self\.\w+")
    what = "{name}, which is never read: the value changes nothing"
    fix = "Read it where it belongs, or leave the argument out"
    asks_the_file_alone = False

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        trees = [source.tree for source in self.program.source.files()]
        yield from unread_arguments(tree, *trees)
        yield from passed_over(tree, *trees)
        yield from needed_not_read(tree)
        yield from not_read(tree, *trees)


def unread_arguments(tree: ast.Module, *others: ast.Module) -> Iterator[tuple[str, int]]:
    """Arguments of classes of a file that none of the files reads, each with its line."""
    read: set[str] | None = None
    classes = {node.name: node for node in of_kind(tree, ast.ClassDef)}
    for owner in classes.values():
        if not _is_own(owner, classes):
            continue
        init = next(
            (each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None
        )
        kept = _kept(init) if init is not None else {}
        if not kept or init is None:
            continue
        read = _read(tree, *others) if read is None else read
        for name, line in kept.items():
            if name not in read and "" not in read:
                given = _given(name, owner.name, init, [tree, *others])
                if given is not None:
                    yield f"{owner.name} is given {name}={ast.unparse(given)}", line


def passed_over(tree: ast.Module, *others: ast.Module) -> Iterator[tuple[str, int]]:
    """Arguments of methods that self's attribute of their name is used in the place of, each with its line."""
    for owner in of_kind(tree, ast.ClassDef):
        for method in (each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name != "__init__"):
            if not method.args.args or method.args.args[0].arg != "self" or method.decorator_list:
                continue
            for argument in [*method.args.args[1:], *method.args.kwonlyargs]:
                name = argument.arg
                given = _given(name, method.name, method, [tree, *others]) if _is_passed_over(method, name) else None
                if given is not None and ast.unparse(given) not in ("None", f"self.{name}"):
                    yield f"{method.name} is given {name}={ast.unparse(given)}", argument.lineno


def not_read(tree: ast.Module, *others: ast.Module) -> Iterator[tuple[str, int]]:
    """Arguments of methods that are given by their name, as something computed, and that nothing reads."""
    classes = {node.name: node for node in of_kind(tree, ast.ClassDef)}
    for owner in classes.values():
        if not _is_own(owner, classes):
            continue
        for method in (each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name != "__init__"):
            if method.decorator_list or method.args.kwarg is not None or not _reads_alone(method) or _is_empty(method):
                continue
            names = {node.id for node in of_kind(method, ast.Name)}
            for argument in [*method.args.args[1:], *method.args.kwonlyargs]:
                name = argument.arg
                if name not in names and TUNES.search(name):
                    called_by = _callers(method.name, owner.name, [tree, *others])
                    values = [each.value for call in called_by for each in call.keywords if each.arg == name]
                    if values and not _is_shared(method, classes):
                        yield f"{method.name} is given {name}={ast.unparse(values[0])}", argument.lineno


def needed_not_read(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Masks and the like that a function of the file's own never reads and a call gives it, each with its line."""
    classes = {node.name: node for node in of_kind(tree, ast.ClassDef)}
    own = [each for each in classes.values() if _is_own(each, classes)]
    functions = [("", each) for each in tree.body if isinstance(each, ast.FunctionDef)]
    functions += [(owner.name, each) for owner in own for each in owner.body if isinstance(each, ast.FunctionDef)]
    names = [each.name for each in of_kind(tree, ast.FunctionDef)]
    for owner_name, function in functions:
        if function.name.startswith("__") or names.count(function.name) > 1 or function.decorator_list:
            continue  # several of a name are one interface
        if function.args.kwarg is not None or function.args.vararg is not None or _is_empty(function):
            continue
        read = {node.id for node in of_kind(function, ast.Name)}
        for at, argument in enumerate(function.args.args[bool(owner_name) :]):
            if argument.arg in read or not NEEDED.search(argument.arg) or not _reads_alone(function):
                continue
            calls = _callers(function.name, owner_name, [tree])
            given = (_argument(call, at, argument.arg) for call in calls)
            value = next((each for each in given if each is not None and not isinstance(each, ast.Constant)), None)
            if value is not None:
                yield f"{function.name} is given {ast.unparse(value)} as {argument.arg}", argument.lineno


def _argument(call: ast.Call, at: int, name: str) -> ast.expr | None:
    """What a call gives in a place or by a name; None where it gives nothing, or it cannot be said."""
    if len(call.args) > at and not any(isinstance(each, ast.Starred) for each in call.args):
        return call.args[at]
    return next((each.value for each in call.keywords if each.arg == name), None)


def _callers(method: str, owner: str, trees: list[ast.Module]) -> Iterator[ast.Call]:
    """Calls of a method by its name; of a net's forward those of what is set to the net."""
    for tree in trees:
        nets = {
            ast.unparse(target)
            for node in of_kind(tree, ast.Assign)
            for target in node.targets
            if called(node.value) == owner
        }
        for call in of_kind(tree, ast.Call):
            if called(call) == method or (method == "forward" and ast.unparse(call.func) in nets):
                yield call


def _is_empty(method: ast.FunctionDef) -> bool:
    """Whether a method is there to be overridden."""
    return not any(isinstance(node, ast.Return | ast.Assign | ast.AugAssign) for node in all_nodes(method)) or any(
        isinstance(node, ast.Raise) for node in method.body
    )


def _is_shared(method: ast.FunctionDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether several classes have a method of this name and argument: one interface, which not all of them need."""
    names = [each.arg for each in method.args.args]
    return any(
        isinstance(each, ast.FunctionDef) and each is not method and each.name == method.name
        and [argument.arg for argument in each.args.args] == names
        for owner in classes.values()
        for each in owner.body
    )  # fmt: skip


def _is_passed_over(method: ast.FunctionDef, name: str) -> bool:
    """Whether an argument is read for nothing but its own default, and self's attribute is read beside that."""
    defaults: set[int] = set()  # nodes of what gives the argument its value
    for node in of_kind(method, ast.Assign):
        is_default = [ast.unparse(target) for target in node.targets] == [name]
        if is_default and f"self.{name}" in {ast.unparse(each) for each in of_kind(node.value, ast.Attribute)}:
            defaults |= {id(each) for each in all_nodes(node)}
    for choice in of_kind(method, ast.If):
        asks = ast.unparse(choice.test) == f"{name} is None" and not choice.orelse
        if asks and all(id(each) in defaults for each in choice.body):
            defaults |= {id(each) for each in all_nodes(choice.test)}
    reads = [node for node in of_kind(method, ast.Name) if node.id == name and isinstance(node.ctx, ast.Load)]
    instead = [node for node in of_kind(method, ast.Attribute) if ast.unparse(node) == f"self.{name}"]
    if any(not isinstance(node.ctx, ast.Load) for node in instead) or not _reads_alone(method):
        return False
    return all(id(node) in defaults for node in reads) and any(id(node) not in defaults for node in instead)


def _reads_alone(method: ast.FunctionDef) -> bool:
    """Whether a method reads its arguments by their names alone."""
    return not any(called(node) in ("locals", "vars", "eval") for node in of_kind(method, ast.Call))


def _is_own(owner: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether nothing but the program's own files and nn.Module reads attributes of a class."""
    names = [ast.unparse(base).rpartition(".")[2] for base in owner.bases]
    return not owner.decorator_list and all(
        name in BASES or (name != owner.name and name in classes and _is_own(classes[name], classes)) for name in names
    )


def _kept(init: ast.FunctionDef) -> dict[str, int]:
    """Arguments that are only stored under a name of their own, each with the line."""
    arguments = {each.arg for each in [*init.args.args[1:], *init.args.kwonlyargs]}
    loads = [each.id for each in of_kind(init, ast.Name) if isinstance(each.ctx, ast.Load)]
    kept = {}
    for node in of_kind(init, ast.Assign) + of_kind(init, ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            pairs: list[tuple[ast.expr, ast.expr | None]] = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for place, value in pairs:
                if not isinstance(value, ast.Name) or value.id not in arguments or loads.count(value.id) > 1:
                    continue
                if ast.unparse(place) == f"self.{value.id}":
                    kept[value.id] = node.lineno
    for each in [*init.args.args[1:], *init.args.kwonlyargs]:
        if each.arg not in loads and not each.arg.startswith("_"):
            kept[each.arg] = each.lineno
    return {name: line for name, line in kept.items() if TUNES.search(name)}


def _read(*trees: ast.Module) -> set[str]:
    """Names of attributes that are read, words of texts; "" where attributes may be read by any name."""
    found = set()
    for tree in trees:
        found |= {node.attr for node in of_kind(tree, ast.Attribute) if not isinstance(node.ctx, ast.Store)}
        found |= {ast.unparse(node.target).rpartition(".")[2] for node in of_kind(tree, ast.AugAssign)}
        texts = [node.value for node in of_kind(tree, ast.Constant) if isinstance(node.value, str)]
        found |= {text for text in texts if text.isidentifier()}
        whole = {"vars", "save_hyperparameters", "locals", "asdict"}
        if "__dict__" in found or any(called(node) in whole for node in of_kind(tree, ast.Call)):
            found.add("")
    return found


def _given(name: str, owner: str, init: ast.FunctionDef, trees: list[ast.Module]) -> ast.expr | None:
    """What a call of a class gives an argument; None where none does."""
    place = [each.arg for each in init.args.args[1:]]
    at = place.index(name) if name in place else -1
    for tree in trees:
        for call in of_kind(tree, ast.Call):
            if called(call) != owner:
                continue
            for keyword in call.keywords:
                if keyword.arg == name:
                    return keyword.value
            if 0 <= at < len(call.args) and not any(isinstance(each, ast.Starred) for each in call.args[: at + 1]):
                return call.args[at]
    return None
