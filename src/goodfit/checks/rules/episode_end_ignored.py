"""episode-end-ignored: whether an episode ended is stored with each transition, and then never read.

What it checks
    In the source of the program: transitions are stored with a flag called done, terminal or terminated; what is drawn
    from them is unpacked into as many names, or the flag is taken out by its name or number, and it is never read,
    while a value of the next state is multiplied by gamma. Or such flags are collected in a list that nobody reads, in
    a loop that goes on with the next episode. Or a loop over rewards and flags, such as zip(rewards, dones), sums up
    R = reward + gamma * R and never reads the flag.

Why it hurts
    The value of a state that follows the end is added to the target of the last step, though nothing follows it. Values
    have no ground to stand on, and drift; returns run over from one episode into the one before.

Example
    target = reward + gamma * next_value

Instead
    target = reward + gamma * (1 - done) * next_value

When it is a false alarm
    Episodes that end by a limit of time alone; where step() of the program's own environment shows that, nothing is
    reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, loops_in, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DONE = lazy_pattern(r"^(is_?)?(dones?|terminals?|terminated)(_?flags?)?$")
DISCOUNT = lazy_pattern(r"gamma|discount", re.IGNORECASE)
STORING = ("append", "push", "add", "store", "remember")
PARTS_AT_LEAST = 4  # of a transition


class EpisodeEndIgnored(SourceRule):
    code, level = "GF251", Level.WARNING
    worth_parsing = DISCOUNT
    what = (
        "whether an episode ended is stored, and {name} is never read: values and returns go on beyond the end of an "
        "episode"
    )
    fix = "Leave out the next state's value at the end: target = reward + gamma * (1 - done) * next_value"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return ignored(tree)


def ignored(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of flags that are stored and not read, each with its line."""
    if not _discounts(tree) or _ends_by_time(tree):
        return
    stored = [parts for node in of_kind(tree, ast.Call) if (parts := _transition(node))]
    places = {place for parts in stored for place in _flags(parts)}
    sizes = {len(parts) for parts in stored}
    fields = {names[at] for names in _named_tuples(tree) for size, at in places if len(names) == size}
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        read, discounts, numbers = _read(nodes), _has_discount(nodes), {at for _, at in places}
        for node in (each for each in nodes if isinstance(each, ast.Assign)):
            target = node.targets[0]
            if discounts:
                yield from _read_and_left(node, read, fields)
                yield from _numbered_and_left(node, read, numbers)
            if not isinstance(target, ast.Tuple) or _is_step(node):
                continue
            names = [each.id for each in target.elts if isinstance(each, ast.Name)]
            flags = {at for size, at in places if len(names) == len(target.elts) == size}
            if len(names) == len(target.elts) in sizes:  # stored under another name than it is taken out by
                flags |= {at for at, name in enumerate(names) if DONE.match(name)}
            for at in flags:
                if names[at] not in read and sum(name in read for name in names) == len(names) - 1:
                    yield names[at], target.lineno
    yield from _lists(tree)
    yield from _looped_over(tree)


def _looped_over(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Flags that a loop takes beside rewards, to sum up what follows them, and never reads."""
    for loop in loops_in(tree):
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Tuple):
            continue
        names = [each.id for each in all_nodes(loop.target) if isinstance(each, ast.Name)]
        flags = [name for name in names if DONE.match(name)]
        body = [node for statement in loop.body for node in all_nodes(statement)]
        read = {node.id for node in body if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        sums = [node for node in body if isinstance(node, ast.Assign) and _sums_up(node, set(names))]
        for flag in flags:
            if flag not in read and sums:
                yield flag, loop.lineno


def _sums_up(node: ast.Assign, taken: set[str]) -> bool:
    """Whether this is R = reward + gamma * R, of a reward that the loop takes."""
    target, value = node.targets[0], node.value
    if not isinstance(target, ast.Name) or not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return False
    has_product = any(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult) and target.id in names_in(each)
        for each in all_nodes(value)
    )
    return has_product and bool(names_in(value) & (taken - {target.id})) and _has_discount(list(all_nodes(value)))


def _read(nodes: list[ast.AST]) -> set[str]:
    """Names that are read for more than to give them another form: `done = torch.tensor(done)` alone reads nothing."""
    given = [pair for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1 for pair in _pairs(node)]
    forms = [(target.id, value) for target, value in given if isinstance(target, ast.Name)]
    loads = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    inside = {id(node): name for name, value in forms for node in all_nodes(value)}
    read = {node.id for node in loads if id(node) not in inside}
    while more := {node.id for node in loads if inside.get(id(node)) in read} - read:
        read |= more
    return read


def _pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """Each target with its own value: of a, b = f(a), g(b) two."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _ends_by_time(tree: ast.Module) -> bool:
    """Whether each step() in a file says that an episode is over by comparing a counter of steps, and nothing else."""
    ends = []
    for step in (node for node in of_kind(tree, ast.FunctionDef) if node.name == "step"):
        nodes = list(all_nodes(step))
        counters = {
            ast.unparse(node.target)
            for node in nodes
            if isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Constant) and node.value.value == 1
        }
        assigned = [
            pair for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1 for pair in _pairs(node)
        ]
        given = {ast.unparse(target): value for target, value in assigned}
        set_true = {ast.unparse(target) for target, value in assigned if ast.unparse(value) == "True"}
        for node in nodes:
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                if any(ast.unparse(part) in set_true for part in node.value.elts):
                    ends.append(False)  # by what happened
                parts = [given.get(ast.unparse(part), part) for part in node.value.elts]
                flags = [part for part in parts if isinstance(part, ast.Compare | ast.BoolOp)]
                ends.append(len(flags) == 1 and isinstance(flags[0], ast.Compare) and _counts(flags[0], counters))
    return bool(ends) and all(ends)


def _counts(comparison: ast.Compare, counters: set[str]) -> bool:
    return any(ast.unparse(side) in counters for side in (comparison.left, *comparison.comparators))


def _named_tuples(tree: ast.Module) -> Iterator[list[str]]:
    """The names of the fields of each named tuple that a file makes."""
    for node in of_kind(tree, ast.Call):
        if called(node) == "namedtuple" and len(node.args) > 1:
            fields = node.args[1]
            if isinstance(fields, ast.Constant) and isinstance(fields.value, str):
                yield fields.value.replace(",", " ").split()
            elif isinstance(fields, ast.Tuple | ast.List):
                yield [str(each.value) for each in fields.elts if isinstance(each, ast.Constant)]


def _read_and_left(node: ast.AST, read: set[str], flags: set[str]) -> Iterator[tuple[str, int]]:
    """A flag that is taken out of a batch by its name and never read; of a scope where values are discounted.

    Args:
        flags: fields of named tuples that hold one.
    """
    for name, given in _pairs(node) if isinstance(node, ast.Assign) else ():
        if not isinstance(name, ast.Name) or name.id.startswith("_") or name.id in read:
            continue
        fields = _fields(given)
        is_flag = DONE.match(name.id) and any(DONE.match(each) for each in fields)
        if is_flag or fields & flags:
            yield name.id, name.lineno


def _numbered_and_left(node: ast.AST, read: set[str], flags: set[int]) -> Iterator[tuple[str, int]]:
    """The same of a flag that is taken out by its place: done = torch.tensor([t[4] for t in batch])."""
    for name, given in _pairs(node) if isinstance(node, ast.Assign) else ():
        if not isinstance(name, ast.Name) or name.id.startswith("_") or name.id in read:
            continue
        for loop in (each for each in all_nodes(given) if isinstance(each, ast.ListComp | ast.GeneratorExp)):
            owner = loop.generators[0].target
            taken = {
                each.slice.value
                for each in all_nodes(loop.elt)
                if isinstance(each, ast.Subscript)
                and isinstance(each.slice, ast.Constant)
                and isinstance(owner, ast.Name)
                and isinstance(each.value, ast.Name)
                and each.value.id == owner.id
            }
            if taken and taken <= flags:
                yield name.id, name.lineno


def _fields(value: ast.AST) -> set[str]:
    """What an expression takes by name: b of a.b and of a["b"]."""
    nodes = list(all_nodes(value))
    keys = [each.slice for each in nodes if isinstance(each, ast.Subscript)]
    attributes = {each.attr for each in nodes if isinstance(each, ast.Attribute)}
    return attributes | {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _has_discount(nodes: Sequence[ast.AST]) -> bool:
    """Whether one side of a product has it in a name, or in a key such as config["gamma"]."""
    products = [node for node in nodes if type(node) is ast.BinOp and isinstance(node.op, ast.Mult)]
    return any(DISCOUNT.search(text) for node in products for each in all_nodes(node) for text in _texts(each))


def _texts(node: ast.AST) -> list[str]:
    """To write the code out again costs twenty times as much."""
    texts = [getattr(node, name, None) for name in ("id", "attr", "arg", "value")]
    return [each for each in texts if isinstance(each, str)]


def _discounts(tree: ast.Module) -> bool:
    """Whether something is multiplied by gamma."""
    return _has_discount(of_kind(tree, ast.BinOp))


def _flags(args: list[ast.expr]) -> Iterator[tuple[int, int]]:
    """Of the parts of a transition that is stored: how many there are, and which of them is the flag."""
    flags = [at for at, arg in enumerate(args) if any(DONE.match(name) for name in names_in(arg))]
    if len(flags) == 1:
        yield len(args), flags[0]


def _transition(node: ast.Call) -> list[ast.expr]:
    """The parts of what a call stores; none of other calls."""
    if called(node) not in STORING:
        return []
    args: list[ast.expr] = node.args
    if len(args) == 1:
        args = (
            args[0].elts if isinstance(args[0], ast.Tuple) else args[0].args if isinstance(args[0], ast.Call) else args
        )
    return args if len(args) >= PARTS_AT_LEAST else []


def _is_step(node: ast.AST) -> bool:
    """Whether what is unpacked is what an environment's step gave."""
    return isinstance(node, ast.Assign) and called(node.value) == "step"


def _lists(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Lists of flags that nobody reads, filled in a loop that begins the next episode itself."""
    reads = Counter(node.id for node in of_kind(tree, ast.Name) if isinstance(node.ctx, ast.Load))
    for loop in loops_in(tree):
        for call in (node for statement in loop.body for node in within(statement) if called(node) == "append"):
            owner = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
            if not isinstance(owner, ast.Name) or reads[owner.id] != 1 or not isinstance(call, ast.Call):
                continue
            if not any(DONE.match(name) for arg in call.args for name in names_in(arg)):
                continue
            resets: list[ast.AST] = [
                node
                for statement in loop.body
                for node in within(statement)
                if isinstance(node, ast.If)
                and any(DONE.match(name) for name in names_in(node.test))
                and any(called(each) == "reset" for part in node.body for each in within(part))
            ]
            resets += [
                node
                for statement in loop.body
                for node in within(statement)
                if isinstance(node, ast.IfExp)
                and called(node.body) == "reset"
                and any(DONE.match(name) for name in names_in(node.test))
            ]
            if resets and not any(isinstance(each, ast.Break) for reset in resets for each in all_nodes(reset)):
                yield owner.id, owner.lineno
