"""term-without-gradient: one term of the loss does not depend on anything that is trained.

What it checks
    In three steps, a loss function of torch is called, with gradients being recorded, on values of which none needs a
    gradient; or torch.autograd.grad gives gradients of a net's input without create_graph=True; or a net gives one
    output with a graph and another one, of its own making, without; or values with a graph are compared with a number,
    and what the comparison gives is multiplied and divided in that function or one that it calls. And the loss is a sum
    with a term that has no graph. Or the loss function is given the same values twice, neither with a graph, so that it
    is 0 whatever the net does. Or one term of the loss comes of nothing but a new tensor that was made with
    requires_grad=True for this step. Or one term reaches parameters of a net alone that no optimiser holds, and the
    loss others that one does. Or the log-probability of values was asked for since the last step, by a program that
    trains no other way, and the loss that has such a term does not depend on any of them.

Why it hurts
    The term is seen in the curve of the loss and teaches nothing: a distillation that compares the teacher with itself,
    a gradient penalty that penalises nobody.

Example
    soft = F.kl_div(F.log_softmax(teacher_logits), F.softmax(teacher_logits))      # the student's were meant
    gradient, = torch.autograd.grad(D(x).sum(), x); penalty = (gradient.norm(dim=1) - 1).square().mean()

Instead
    soft = F.kl_div(F.log_softmax(student_logits), F.softmax(teacher_logits))
    gradient, = torch.autograd.grad(D(x).sum(), x, create_graph=True)

When it is a false alarm
    A term that is added to be shown alone, where another constant is added too.

Cost
    A note for each loss and call of a net, and a look at the graph nodes nearest to the loss, in the first steps.
"""

from __future__ import annotations

import ast
import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Cut, InputGradients, LogProb, Loss, NetCall, Step
from goodfit.checks.engine.own_source import all_nodes, called, file_around, scope_around, within
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
LOSS, PENALTY, OUTPUT, CUT, NEW, SCORE, FOREIGN = "loss", "penalty", "output", "cut", "new", "score", "foreign"
TERM_NODES_AT_MOST = 40
LEAVES_KEPT = 64
VALUES_AT_MOST = 1_000_000


class TermWithoutGradient(LiveRule):
    code, level = "GF233", Level.WARNING
    yields_to = ("loss-detached",)

    def start(self) -> None:
        self.since: dict[tuple[Place, str], str] = {}  # calls without gradient since the last step, with their names
        self.added: set[tuple[Place, str]] = set()  # those of them whose loss had a term without a graph
        self.steps: dict[tuple[Place, str], int] = {}
        self.overlaps: dict[Place, bool] = {}  # lines that compare, and whether an overlap is made of it
        self.leaves: deque[weakref.ref[Tensor]] = deque(maxlen=LEAVES_KEPT)  # that terms came of, in earlier steps
        self.scored: Place | None = None  # the line that asked last, since the last step, for a log-probability
        self.learns_from_scores = False

    def on_loss(self, event: Loss) -> None:
        if event.grad and not event.input.requires_grad and not event.target.requires_grad:
            key = (user_place(), LOSS)
            self.since[key] = event.name
            if _are_same(event):
                self.added.add(key)  # the term is 0, and a 0 in a sum is passed over below

    def on_call(self, event: NetCall) -> None:
        if not event.grad or not event.training or len(event.outputs) < 2:
            return
        given = {tensor.data_ptr() for tensor in event.inputs}
        bare = [
            each
            for each in event.outputs
            if each.is_floating_point() and each.dim() and not each.requires_grad and each.data_ptr() not in given
        ]
        if bare and any(each.requires_grad for each in event.outputs):
            self.since[(user_place(), OUTPUT)] = type(event.module).__name__

    def on_log_prob(self, event: LogProb) -> None:
        if not self.learns_from_scores and not event.value.requires_grad:
            self.scored = user_place()

    def on_gradients(self, event: InputGradients) -> None:
        if event.grad and not event.create_graph:
            self.since[(user_place(), PENALTY)] = "torch.autograd.grad"

    def on_cut(self, event: Cut) -> None:
        place = user_place() if event.tensor.requires_grad else Place(None, None)
        if place.file is None or (place, CUT) in self.since:
            return
        if place not in self.overlaps:
            self.overlaps[place] = _is_of_an_overlap(place)
        if self.overlaps[place]:
            self.since[(place, CUT)] = ""

    def before_backward(self, event: BackwardBegins) -> None:
        for loss, nodes in zip(event.losses, event.nodes, strict=True):
            terms = list(graph.terms(loss))
            if len(terms) > 1 and any(self._is_new(term, nodes) for term in terms):
                self._note_whole(NEW)
            if len(terms) > 1 and self._has_foreign(terms):
                self._note_whole(FOREIGN)
        if self.scored is not None and not self.learns_from_scores:
            self.learns_from_scores = any(graph.SCORE in node.metadata for nodes in event.nodes for node in nodes)
            is_whole = all(len(nodes) < graph.NODES_AT_MOST for nodes in event.nodes)
            if is_whole and not self.learns_from_scores:
                self.since[(self.scored, SCORE)] = ""
        if self.since and any(graph.has_constant_term(loss) for loss in event.losses):
            self.added |= set(self.since)

    def on_step(self, event: Step) -> Iterator[Finding]:
        for key in self.added:
            self.steps[key] = self.steps.get(key, 0) + 1
            if self.steps[key] == STEPS_AT_LEAST:
                place, kind = key
                yield self._finding(place, kind, self.since.get(key, "the loss"))
        self.since, self.added, self.scored = {}, set(), None

    def _note_whole(self, kind: str) -> None:
        """Of a loss whose pass begins here."""
        key = (user_place(), kind)
        self.since[key] = ""
        self.added.add(key)

    def _has_foreign(self, terms: list[Any]) -> bool:
        """Whether a term has parameters, but none that is trained, beside one that has such."""
        optimised = self.program.optimised()
        if not optimised or self.program.steps_by_hand:
            return False
        of_terms = [list(graph.walk(term)) for term in terms]
        if any(len(nodes) >= graph.NODES_AT_MOST for nodes in of_terms):
            return False
        leaves_of_terms = [list(graph.leaves_among(nodes)) for nodes in of_terms]
        are_trained = [any(id(leaf) in optimised for leaf in leaves) for leaves in leaves_of_terms]
        return any(are_trained) and any(
            leaves and not trained and all(isinstance(leaf, nn.Parameter) for leaf in leaves)
            for leaves, trained in zip(leaves_of_terms, are_trained, strict=True)
        )

    def _is_new(self, term: Any, of_loss: list[Any]) -> bool:
        """Whether a term comes of one tensor alone, no parameter, that nothing else comes of, now or before."""
        if len(graph.parents(term)) > 1:
            return False
        nodes = list(graph.walk(term, limit=TERM_NODES_AT_MOST))
        leaves = list(graph.leaves_among(nodes))
        if len(nodes) == TERM_NODES_AT_MOST or len(leaves) != 1 or isinstance(leaves[0], nn.Parameter):
            return False
        is_known = any(kept() is leaves[0] for kept in self.leaves)
        if not is_known:
            self.leaves.append(weakref.ref(leaves[0]))
        if is_known or id(leaves[0]) in self.program.optimised():
            return False
        uses = [
            each for node in of_loss for each in graph.parents(node) if getattr(each, "variable", None) is leaves[0]
        ]
        return len(uses) == 1

    def _finding(self, place: Place, kind: str, name: str) -> Finding:
        if kind == PENALTY:
            what = "the gradients that torch.autograd.grad gives have no graph, so that the penalty made of them"
            fix = "Call torch.autograd.grad with create_graph=True"
        elif kind == OUTPUT:
            what = f"one output of {name} has no graph, as after detach(), so that the term of the loss made of it"
            fix = "Return it with its graph, and detach only what is shown or kept"
        elif kind == SCORE:
            what = "the log-probability of the actions is computed without gradients: the term of the loss made of it"
            fix = "Compute it with gradients; only that of the policy that chose the actions is kept without"
        elif kind == CUT:
            what = (
                "values are compared with a number, which gives 0 or 1 without a graph: the term of the loss made of it"
            )
            fix = "Use the probabilities themselves in the loss, and compare with a threshold in the score alone"
        elif kind == FOREIGN:
            what = "a term of the loss has gradients of a net alone that no optimiser holds: it"
            fix = "Make it of the output of the net that is trained"
        elif kind == NEW:
            what = "a term of the loss comes of a tensor that was made anew in each step (torch.tensor, .item()): it"
            fix = "Keep the graph: torch.stack(losses).mean(), without .item() and torch.tensor"
        else:
            what = f"{name} gets values of which none needs a gradient: this term of the loss"
            fix = "Give it the output of the net that is trained; compute what is only shown under torch.no_grad()"
        return self.finding(f"{what} trains nothing", fix, file=place.file, line=place.line)


def _are_same(event: Loss) -> bool:
    """Whether both sides of a loss hold the same values, of which not all are equal."""
    x, target = event.input.detach(), event.target.detach()
    if x.shape != target.shape or not x.is_floating_point() or not 1 < x.numel() <= VALUES_AT_MOST:
        return False
    if event.name == "kl_div" and not event.options.get("log_target"):
        x = x.exp()
        return torch.allclose(x, target.to(x.dtype), rtol=1e-5, atol=0.0) and bool((x != x.flatten()[0]).any())
    return torch.equal(x, target) and bool((x != x.flatten()[0]).any())


def _is_of_an_overlap(place: Place) -> bool:
    """Whether a line names what a comparison gave, and its function, or one that it calls, makes an overlap of it."""
    nodes = [node for statement in scope_around(place) for node in within(statement)]
    names = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and node.lineno <= (place.line or 0) <= (node.end_lineno or 0)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return _makes_overlap(nodes, names) or any(
        _makes_overlap([node for statement in function.body for node in within(statement)], {name})
        for call in nodes
        if isinstance(call, ast.Call)
        for function in all_nodes(file_around(place))
        if isinstance(function, ast.FunctionDef) and function.name == called(call)
        for name in _given_as(call, function, names)
    )


def _makes_overlap(nodes: list[ast.AST], names: set[str]) -> bool:
    """Whether one of these names is a factor, and a quotient is made."""
    products = [node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)]
    is_factor = any(
        isinstance(side, ast.Name) and side.id in names for node in products for side in (node.left, node.right)
    )
    return is_factor and any(isinstance(node, ast.Div) for node in nodes)


def _given_as(call: ast.Call, function: ast.FunctionDef, names: set[str]) -> list[str]:
    """What a function calls those of these names that a call gives it."""
    arguments = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
    if arguments[:1] == ["self"] and isinstance(call.func, ast.Attribute):
        arguments = arguments[1:]
    given = [*zip(arguments, call.args, strict=False), *((each.arg, each.value) for each in call.keywords if each.arg)]
    return [argument for argument, value in given if isinstance(value, ast.Name) and value.id in names]
