"""difference-with-itself: weights are compared with those of before, and both are the same tensors.

What it checks
    In the source of the program: the parameters of a net are put into a list or a dictionary without a copy
    (list(net.parameters()), {n: p for n, p in net.named_parameters()}, net.state_dict(), also with .detach() or .data,
    which share memory), and a loop over the parameters of the same net takes the difference of both. Or in a loop over
    parameters the two sides of a difference are the same kept value, or one is its first rows: saved[:n] - saved.

Why it hurts
    What was kept is the net itself, as it is now: the difference is exactly 0 in every step. A proximal term, a penalty
    for leaving old weights (EWC, L2-SP, FedProx), or a measured drift does nothing, and says that nothing moves.

Example
    start = list(net.parameters())
    for w, w0 in zip(net.parameters(), start): loss = loss + mu * (w - w0).pow(2).sum()

Instead
    start = [w.detach().clone() for w in net.parameters()]

When it is a false alarm
    A name that stands for another net by the time of the loop.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, children, last_name, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ASKED = ("parameters", "named_parameters", "state_dict")
HOLDS = ("list", "tuple", "dict", "OrderedDict", "enumerate", "zip", "items", "values")
SHARES = ("detach", "requires_grad_")
LOOPS = (ast.For, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


class DifferenceWithItself(SourceRule):
    code, level = "GF559", Level.ERROR
    yields_to = ("loop-name-never-read",)
    worth_parsing = lazy_pattern(r"parameters\(\)|state_dict\(\)")
    what = "{name}: this difference is 0 in every step"
    fix = (
        "Take the net's parameters as they are now from copies: [p.detach().clone() for p in net.parameters()], or "
        "copy.deepcopy(net.state_dict())"
    )

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return differences(tree)


def differences(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is taken from itself, each with the line: of a net's live tensors that where they were kept."""
    yield from _same_on_both_sides(tree)
    kept = dict(_kept(tree))
    if not kept:
        return
    remade = _made_anew(tree)
    for loop in all_nodes(tree):
        if not isinstance(loop, LOOPS):
            continue
        heads = [loop] if isinstance(loop, ast.For) else loop.generators
        for head in heads:
            for name, own, other, line in _pairs(head.target, head.iter, kept):
                net = kept[name][0]
                if net not in remade and any(_is_difference(node, own, other, name) for node in _body(loop)):
                    yield f"{name} holds the net's own tensors, which are compared with the net's", line


def _same_on_both_sides(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Kept values that a loop over parameters takes from themselves, each with the line of the difference."""
    for scope in formulas(tree):
        for loop in (node for node in scope.nodes if isinstance(node, ast.For) and _asked(node.iter) is not None):
            if not any(called(each) in ASKED for each in all_nodes(loop.iter)):
                continue
            for node in _body(loop):
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
                    left, right = (_of_all_rows(scope.value(each), scope) for each in (node.left, node.right))
                    if ast.unparse(left) == ast.unparse(right) and isinstance(left, ast.Name | ast.Subscript):
                        yield f"{ast.unparse(left)} is taken from itself, and no parameter is looked at", node.lineno


def _of_all_rows(node: ast.expr, scope: Formulas) -> ast.expr:
    """What a tensor is a view or a copy of, as the names in it are set: value of value[:n], where n is its length."""
    while True:
        node = scope.value(_shared(node))
        if isinstance(node, ast.Call) and called(node) == "clone" and isinstance(node.func, ast.Attribute):
            node = node.func.value
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.lower is None:
            rows = scope.value(node.slice.upper) if node.slice.upper is not None else None
            of = ast.unparse(node.value)
            if rows is not None and ast.unparse(rows) not in (f"len({of})", f"{of}.shape[0]", f"{of}.size(0)"):
                return node
            node = node.value
        else:
            return node


def _kept(tree: ast.Module) -> Iterator[tuple[str, tuple[str, int]]]:
    """Name -> the net whose live tensors it holds, and the line; of a name that is given once."""
    assigned = [node for node in of_kind(tree, ast.Assign) if len(node.targets) == 1]
    names = [ast.unparse(node.targets[0]) for node in assigned]
    for node, name in zip(assigned, names, strict=True):
        net = _live(node.value)
        if net is not None and names.count(name) == 1:
            yield name, (net, node.lineno)


def _live(node: ast.expr) -> str | None:
    """The net whose own tensors this is a collection of."""
    if isinstance(node, ast.Call):
        if called(node) in ASKED and isinstance(node.func, ast.Attribute) and not node.args:
            return ast.unparse(node.func.value) if called(node) != "parameters" else None  # a generator is read once
        if called(node) in ("list", "tuple", "dict", "OrderedDict") and len(node.args) == 1:
            inner = node.args[0]
            if isinstance(inner, ast.Call) and called(inner) in ASKED and isinstance(inner.func, ast.Attribute):
                return ast.unparse(inner.func.value)
            return _live(inner)
        return None
    if isinstance(node, ast.ListComp | ast.DictComp) and len(node.generators) == 1:
        value = node.elt if isinstance(node, ast.ListComp) else node.value
        head = node.generators[0]
        names = [last_name(each) for each in _elements(head.target)]
        if names and last_name(_shared(value)) == names[-1]:
            return _asked(head.iter)
    return None


def _asked(node: ast.expr) -> str | None:
    """The net whose parameters a loop runs over, perhaps by items() or enumerate()."""
    while isinstance(node, ast.Call) and called(node) not in ASKED:
        node = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else node.func
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func.value)
    return None


def _shared(node: ast.expr) -> ast.expr:
    """Without what gives the same memory: .data, .detach()."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr == "data":
            node = node.value
        elif isinstance(node, ast.Call) and called(node) in SHARES and isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return node


def _elements(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _pairs(
    target: ast.expr, over: ast.expr, kept: Mapping[str, tuple[str, int]]
) -> Iterator[tuple[str, str, str | None, int]]:
    """What is kept, the loop's name for the net's tensor, and that for the kept one (None: it is asked by name)."""
    if isinstance(over, ast.Call) and called(over) == "enumerate" and over.args and isinstance(target, ast.Tuple):
        yield from _pairs(target.elts[-1], over.args[0], kept)
        return
    if isinstance(over, ast.Call) and called(over) == "zip" and isinstance(target, ast.Tuple):
        if len(over.args) != len(target.elts):
            return
        sides = [
            (ast.unparse(_plain(each)), _asked(each), one) for each, one in zip(over.args, target.elts, strict=True)
        ]
        for name, _, held in sides:
            if name in kept:
                for other, net, one in sides:
                    if other not in kept and net == kept[name][0]:
                        yield name, last_name(_elements(one)[-1]), last_name(_elements(held)[-1]), kept[name][1]
        return
    net = _asked(over)
    for name, (of, line) in kept.items():
        if net == of and name != ast.unparse(_plain(over)):
            yield name, last_name(_elements(target)[-1]), None, line


def _plain(node: ast.expr) -> ast.expr:
    """What items() or values() is asked of."""
    if isinstance(node, ast.Call) and called(node) in ("items", "values") and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node


def _body(loop: ast.AST) -> list[ast.AST]:
    parts = loop.body if isinstance(loop, ast.For) else children(loop)
    return [node for part in parts for node in all_nodes(part)]


def _is_difference(node: ast.AST, own: str, other: str | None, name: str) -> bool:
    """Whether one is taken from the other: w - w0, w.data - kept[n], mse_loss(w, w0)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        sides = [_shared(node.left), _shared(node.right)]
    elif called(node) in ("mse_loss", "l1_loss", "dist", "sub", "allclose") and isinstance(node, ast.Call):
        method = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        sides = [_shared(each) for each in ([*node.args[:2]] if len(node.args) > 1 else [*method, *node.args[:1]])]
    else:
        return False

    def is_kept(side: ast.expr) -> bool:
        if other is not None:
            return last_name(side) == other and isinstance(side, ast.Name)
        return isinstance(side, ast.Subscript) and ast.unparse(side.value) == name

    return len(sides) == 2 and any(
        isinstance(one, ast.Name) and one.id == own and is_kept(two) for one, two in (sides, sides[::-1])
    )


def _made_anew(tree: ast.Module) -> set[str]:
    """Nets that a name stands for one after the other."""
    names = [ast.unparse(target) for node in of_kind(tree, ast.Assign) for target in node.targets]
    loops = {
        name
        for loop in (*of_kind(tree, ast.For), *of_kind(tree, ast.While))
        for node in of_kind(loop, ast.Assign)
        for target in node.targets
        for name in (ast.unparse(target), *names_in(target))
    }
    return {name for name in names if names.count(name) > 1} | loops
