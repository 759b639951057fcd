"""term-detached: a term of the loss is detached before it is added, so that it trains nothing.

What it checks
    In the source of the program: the value that backward is called on is a sum. One of its terms is given without its
    graph, by .detach(), .data or .item(), and its other factors are numbers; another term of the sum has its graph.
    Terms are followed through variables, dictionaries, lists and functions of the file. What is computed under
    torch.no_grad() is left out: so people write what the loss is only to show.

Why it hurts
    The term is seen in the curve of the loss, and its weight changes nothing: a distillation, a penalty or an auxiliary
    loss is reported for every epoch and never pulls at the net.

Example
    distilled = kd(student_maps, teacher_maps).detach() * beta
    loss = cross_entropy(logits, y) + distilled

Instead
    distilled = kd(student_maps, teacher_maps) * beta               # and detach what is only shown

When it is a false alarm
    A term that is added to be shown alone.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.own_source import OWN_SCOPE, called, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

PASSES_AT_LEAST = 3
STEPS_BACK = 8  # variables and functions between backward and a term
REDUCTIONS = ("mean", "sum", "squeeze", "float", "to")  # methods that leave a term what it is
BARE = ("detach", "item")
WEIGHT = lazy_pattern(
    r"^(self\.|args\.|cfg\.)?(\w*(weight|lambda|lamb|lam|coeff?|scale)\w*|alpha|beta|gamma|w_?\w{0,4})\d*$"
)


@dataclass
class Scope:
    """What names of a function are set to; those of entries too, as they are written.

    Attributes:
        values: what each is set to.
        added: what += adds to it, or append.
    """

    values: dict[str, list[ast.expr]] = field(default_factory=dict)
    added: dict[str, list[ast.expr]] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """One term of a sum.

    Attributes:
        bare: what lost its graph, as it is written; "" where the term has one, or may have.
        sure: whether its other factors are numbers.
    """

    text: str
    line: int
    bare: str = ""
    sure: bool = True


class TermDetached(SourceRule):
    code, level = "GF552", Level.WARNING
    yields_to = ("term-without-gradient", "loss-detached", "penalty-without-gradient")
    worth_parsing = lazy_pattern(r"\.detach\(\)|\.item\(\)|\.data\b")
    what = "{name} is a term of the loss without its graph: it is seen in the loss and trains nothing"
    fix = "Leave out detach(), .data or .item() there, and detach what is only shown or kept"
    asks_the_file_alone = False

    def start(self) -> None:
        self.passes = 0  # of a loss that has a term without a graph

    def before_backward(self, event: BackwardBegins) -> None:
        self.passes += any(graph.has_constant_term(loss) for loss in event.losses)

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return detached_terms(tree, seen=self.passes >= PASSES_AT_LEAST)


def detached_terms(tree: ast.Module, *, seen: bool = False) -> Iterator[tuple[str, int]]:
    """Terms of a loss that lost their graph, each with its line.

    Args:
        seen: that a loss has a term without a graph: then factors that are no numbers have none either.
    """
    reader = _Reader(tree)
    for body in scopes(tree):
        for node in (node for each in body if not isinstance(each, OWN_SCOPE) for node in within(each)):
            loss = _loss_of(node)
            if loss is None:
                continue
            terms = list(reader.terms(loss, reader.scope(body)))
            live = {term.text for term in terms if not term.bare}
            bare = [each for each in terms if each.bare and (each.sure or seen) and not _is_trick(each, live)]
            if live and bare:
                first = min(bare, key=lambda each: each.line)
                yield first.bare + (f" (and {len(bare) - 1} more)" if len(bare) > 1 else ""), first.line


def _loss_of(node: ast.AST) -> ast.expr | None:
    """What backward is called on, also as scaler.scale(loss) or accelerator.backward(loss)."""
    if called(node) != "backward" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    owner = node.func.value
    if node.args and not any(each.arg for each in node.keywords):
        return node.args[0] if isinstance(node.args[0], ast.Name) else None
    return owner.args[0] if called(owner) == "scale" and isinstance(owner, ast.Call) and owner.args else owner


def _is_trick(term: Term, live: set[str]) -> bool:
    """Whether what is detached is made of another term of the same sum, as in x + (value - x).detach()."""
    operands: set[str] = set()
    waiting: list[ast.expr] = [ast.parse(term.bare, mode="eval").body]
    while waiting:
        node = waiting.pop()
        operands.add(ast.unparse(node))
        if isinstance(node, ast.BinOp):
            waiting += [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            waiting.append(node.func.value)
        elif isinstance(node, ast.Attribute) and node.attr == "data":
            waiting.append(node.value)
    return bool(operands & live)


class _Reader:
    """Reads the terms of sums in one file."""

    def __init__(self, tree: ast.Module) -> None:
        functions = of_kind(tree, ast.FunctionDef)
        names = [function.name for function in functions]
        self.functions = {function.name: function for function in functions if names.count(function.name) == 1}
        classes = {each.name: each for each in of_kind(tree, ast.ClassDef)}
        self.forwards = {
            name: forward
            for name, owner in classes.items()
            for forward in owner.body
            if isinstance(forward, ast.FunctionDef) and forward.name == "forward"
        }
        self.modules = {
            ast.unparse(node.targets[0]).removeprefix("self."): called(node.value)
            for node in of_kind(tree, ast.Assign)
            if called(node.value) in self.forwards
        }
        self.learns = any(
            called(node) == "Parameter" or "requires_grad" in [each.arg for each in node.keywords]
            for node in of_kind(tree, ast.Call)
        )
        self._scopes: dict[int, Scope] = {}

    def scope(self, body: list[ast.stmt]) -> Scope:
        """Read once."""
        if id(body) not in self._scopes:
            self._scopes[id(body)] = _read(body)
        return self._scopes[id(body)]

    def terms(self, node: ast.expr, scope: Scope, steps: int = STEPS_BACK, known: tuple[str, ...] = ()) -> list[Term]:
        """Terms of the sum that a value is."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            return [each for side in (node.left, node.right) for each in self.terms(side, scope, steps, known)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            return self._product(node, scope, steps, known)
        if called(node) == "sum" and isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            return self._of_all(node.args[0], scope, steps, known)
        if called(node) in REDUCTIONS and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inner = node.func.value
            if isinstance(inner, ast.BinOp) or ast.unparse(inner) in scope.values:
                return self.terms(inner, scope, steps, known)
        text = ast.unparse(node)
        if _is_bare(node):
            return [Term(text, node.lineno, text)]
        if steps and text in scope.values and text not in known:
            return self._of_name(text, scope, steps - 1, (*known, text)) or [Term(text, node.lineno)]
        if steps and isinstance(node, ast.Call):
            inside = self._of_call(node, steps - 1)
            if inside:
                return inside
        return [Term(text, node.lineno)]

    def _of_name(self, name: str, scope: Scope, steps: int, known: tuple[str, ...]) -> list[Term]:
        """Terms of what a name is set to, in every way; a way with a graph makes them terms with one."""
        ways = [self.terms(value, scope, steps, known) for value in scope.values[name] if not _is_zero(value)]
        added = [each for value in scope.added.get(name, ()) for each in self.terms(value, scope, steps, known)]
        if len(ways) > 1:
            all_bare = all(term.bare for way in ways for term in way)
            ways = ways[:1] if all_bare else [[Term(name, way[0].line) for way in ways[:1]]]
        return [*(term for way in ways for term in way), *added]

    def _of_all(self, node: ast.expr, scope: Scope, steps: int, known: tuple[str, ...]) -> list[Term]:
        """Terms of sum(losses), sum([a, b]) and sum(losses.values())."""
        if isinstance(node, ast.List | ast.Tuple):
            return [each for part in node.elts for each in self.terms(part, scope, steps, known)]
        if called(node) == "values" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
            entries = [name for name in scope.values if name.startswith(f"{ast.unparse(node)}[")]
            terms = [each for name in entries for each in self._of_name(name, scope, steps, (*known, name))]
        else:
            terms = []
        made = scope.values.get(ast.unparse(node), [])
        for value in made if len(made) == 1 else []:
            parts = value.values if isinstance(value, ast.Dict) else getattr(value, "elts", [])
            terms += [each for part in parts for each in self.terms(part, scope, steps, known)]
        added = scope.added.get(ast.unparse(node), [])
        terms += [each for part in added for each in self.terms(part, scope, steps, known)]
        return terms or [Term(ast.unparse(node), node.lineno)]

    def _of_call(self, node: ast.Call, steps: int) -> list[Term]:
        """Terms of what a function of the file returns, or the forward of a module of the file; none of others."""
        name = called(node)
        function = self.functions.get(name) or self.forwards.get(self.modules.get(name, ""))
        if function is None:
            return []
        nodes = [each for part in function.body for each in within(part)]
        returned = [each.value for each in nodes if isinstance(each, ast.Return) and each.value is not None]
        if len(returned) != 1 or isinstance(returned[0], ast.Tuple | ast.Dict):
            return []
        return self.terms(returned[0], self.scope(function.body), steps)

    def _product(self, node: ast.expr, scope: Scope, steps: int, known: tuple[str, ...]) -> list[Term]:
        """A product has no graph where no factor of it has; of one tensor and numbers it is that tensor's terms."""
        factors = list(_factors(node))
        others = [each for each in factors if not self._is_number(each, scope)]
        if len(others) == 1:
            return self.terms(others[0], scope, steps, known)
        rest = [each for each in others if not WEIGHT.search(ast.unparse(each))]
        inside = self.terms(rest[0], scope, steps, known) if len(rest) == 1 else []
        if inside and all(term.bare for term in inside):
            return [replace(term, sure=False) for term in inside]
        return [Term(ast.unparse(node), node.lineno)]

    def _is_number(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a factor is a number: a constant, an option, a name in capitals."""
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.UnaryOp):
            return self._is_number(node.operand, scope)
        if _is_bare(node):
            return False
        text = ast.unparse(node)
        if text in scope.values:
            return all(isinstance(value, ast.Constant) for value in scope.values[text])
        is_option = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        is_entry = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        return not self.learns and (is_option or is_entry or (isinstance(node, ast.Name) and node.id.isupper()))


def _read(body: list[ast.stmt]) -> Scope:
    scope = Scope()
    for node in (node for each in body if not isinstance(each, OWN_SCOPE) for node in within(each)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                else:
                    pairs = [(each, node.value) for each in getattr(target, "elts", [])] or [(target, node.value)]
                for to, value in pairs:
                    name = ast.unparse(to)
                    is_part = isinstance(target, ast.Tuple) and value is node.value
                    scope.values.setdefault(name, []).append(_part(value) if is_part else value)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.op, ast.Add | ast.Sub):
                scope.added.setdefault(ast.unparse(node.target), []).append(node.value)
        elif called(node) == "append" and isinstance(node, ast.Call) and len(node.args) == 1:
            owner = ast.unparse(node.func).removesuffix(".append")
            scope.added.setdefault(owner, []).append(node.args[0])
    return scope


def _part(value: ast.expr) -> ast.expr:
    """One of several things that a call gave: what it is made of is not followed."""
    return ast.copy_location(ast.Subscript(value, ast.Constant(...), ast.Load()), value)


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _is_bare(node: ast.expr) -> bool:
    """Whether a value is x.detach(), x.item(), x.data, or what such methods give of it."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in BARE and not node.args:
            return True
        node = node.func.value
    return isinstance(node, ast.Attribute) and node.attr == "data"


def _is_zero(node: ast.expr) -> bool:
    """Whether a value is what a sum starts from: 0, torch.zeros(()), torch.tensor(0.0), a list without entries."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.List | ast.Dict):
        return not ast.unparse(node).strip("[]{}")
    is_tensor = called(node) in ("zeros", "tensor", "new_zeros", "zeros_like")
    return is_tensor and isinstance(node, ast.Call) and "tensor" not in ast.unparse(node.args[0] if node.args else node)
