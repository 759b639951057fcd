"""derivative-without-graph: an equation's residual holds a derivative of the net that has no graph.

What it checks
    In the source of the program: torch.autograd.grad is called without create_graph=True for a derivative of what a
    net gave, and the derivative is then added to, or subtracted from, an expression of that output. And the call was
    seen while gradients were being recorded.

Why it hurts
    The derivative is a constant of the loss: the weights learn to move the other terms towards it, and not the
    derivative itself. A physics-informed net solves another equation.

Example
    du, = torch.autograd.grad(u, t, torch.ones_like(u), retain_graph=True)
    residual = du + u

Instead
    du, = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)

When it is a false alarm
    A residual that is only shown, never trained on, while gradients are being recorded.

Cost
    A note in each call of torch.autograd.grad; the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, InputGradients, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, names_in, of_kind, scopes, within_body
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NODES_AT_MOST = 20_000  # of the losses' graphs
NODES_NEAR = 8  # from what is derived to what the residual has of it: u.sum() is derived, and u is added
CREATE_GRAPH_AT = 4  # among the arguments
CUT = ("detach", "item", "numpy")


class DerivativeWithoutGraph(LiveRule):
    code, level = "GF536", Level.ERROR

    def start(self) -> None:
        self.calls: set[Place] = set()
        self.pending: list[tuple[Any, Place]] = []  # nodes of what was derived, until a backward pass reaches them

    def on_gradients(self, event: InputGradients) -> None:
        if event.grad and not event.create_graph and all(each.requires_grad for each in event.outputs):
            self.pending += [(output.grad_fn, user_place()) for output in event.outputs]

    def before_backward(self, event: BackwardBegins) -> None:
        """A residual that is only looked at, as on a grid after training, needs no graph of its derivatives."""
        pending, self.pending = self.pending, []
        if pending:
            roots = [loss.grad_fn for loss in event.losses if loss.grad_fn is not None]
            trained = {id(node): node for root in roots for node in graph.walk(root, limit=NODES_AT_MOST)}
            self.calls |= {
                place
                for output, place in pending
                for node in graph.walk(output, limit=NODES_NEAR)
                if graph.parents(node) and id(node) in trained  # weights, the leaves, are of every pass
            }

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for source in self.program.source.files() if self.program.steps and self.calls else ():
            seen = {place.line for place in self.calls if place.file == source.file}
            found = [*source.found(bare_derivatives), *source.found(returned_derivatives)] if seen else []
            for name, (first, last), line in found:
                if seen.intersection(range(first, last + 1)):
                    yield self.finding(
                        f"{name} is a derivative of the net without a graph, and the residual that it stands in is "
                        "trained on",
                        "Call torch.autograd.grad with create_graph=True",
                        file=source.file,
                        line=line,
                    )


def bare_derivatives(tree: ast.Module) -> Iterator[tuple[str, tuple[int, int], int]]:
    """Derivatives without a graph beside what they are of: name, the lines of the call, and that of the sum."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        for node in nodes:
            if not isinstance(node, ast.Assign):
                continue
            call = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if not isinstance(call, ast.Call) or called(call) != "grad" or not call.args or _creates(call):
                continue
            derivatives = names_in(node.targets[0])
            outputs = _values_in(call.args[0]) - {name for each in call.args[1:2] for name in names_in(each)}
            later = [each for each in nodes if isinstance(each, ast.BinOp) and each.lineno > node.lineno]
            sums = ((name, each.lineno) for each in later if (name := _added_to(each, derivatives, outputs)))
            for name, line in sums:
                yield name, (node.lineno, node.end_lineno or node.lineno), line
                break


def returned_derivatives(tree: ast.Module) -> Iterator[tuple[str, tuple[int, int], int]]:
    """The same of derivatives that a function of the program returns, and that stand in a sum where it is called."""
    for function in of_kind(tree, ast.FunctionDef):
        nodes = within_body(function.body)
        returned = [node.value for node in nodes if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)]
        for node in nodes:
            call = node.value.value if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript) else None
            if not isinstance(call, ast.Call) or called(call) != "grad" or _creates(call) or len(returned) != 1:
                continue
            assert isinstance(node, ast.Assign)
            derivatives = names_in(node.targets[0])
            places = {at for at, part in enumerate(returned[0].elts) if names_in(part) & derivatives}
            lines = node.lineno, node.end_lineno or node.lineno
            yield from ((name, lines, line) for name, line in _summed(tree, function.name, places))


def _summed(tree: ast.Module, function: str, places: set[int]) -> Iterator[tuple[str, int]]:
    """What a call gives at these places, where a sum has it and what the function was given or gives beside it."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        for node in nodes:
            if (
                isinstance(node, ast.Assign)
                and called(node.value) == function
                and isinstance(node.targets[0], ast.Tuple)
            ):
                parts = [names_in(each) for each in node.targets[0].elts]
                derivatives = {name for at, names in enumerate(parts) if at in places for name in names}
                others = {name for at, names in enumerate(parts) if at not in places for name in names}
                others |= _values_in(node.value)
                later = [each for each in nodes if isinstance(each, ast.BinOp) and each.lineno > node.lineno]
                sums = ((name, each.lineno) for each in later if (name := _added_to(each, derivatives, others)))
                yield from itertools.islice(sums, 1)


def _creates(call: ast.Call) -> bool:
    named = [each for each in call.keywords if each.arg in (None, "create_graph")]
    return len(call.args) > CREATE_GRAPH_AT or any(
        each.arg is None or ast.unparse(each.value) != "False" for each in named
    )


def _values_in(node: ast.AST) -> set[str]:
    """Names that an expression reads, without those of functions and nets that it calls."""
    called_names = {
        each.func.id for each in all_nodes(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
    }
    return names_in(node) - called_names - {"torch"}


def _added_to(node: ast.BinOp, derivatives: set[str], outputs: set[str]) -> str:
    """The derivative, where a sum has both it and the output."""
    if not isinstance(node.op, ast.Add | ast.Sub) or any(called(each) in CUT for each in all_nodes(node)):
        return ""
    names = names_in(node)
    return min(names & derivatives) if names & derivatives and names & outputs else ""
