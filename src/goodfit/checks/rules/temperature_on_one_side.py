"""temperature-on-one-side: in a distillation one of teacher and student is softened by a temperature, the other not.

What it checks
    kl_div compares log-probabilities with those of a net whose output was computed without gradients. The outputs of
    both nets are known, and so is what each was divided by before its softmax: it is 1 for one of the two, and 1.5 or
    more for the other. In three calls.

Why it hurts
    A student that is divided by 4 has to have logits four times the teacher's to agree with it: it learns to be surer
    than the teacher, and the other way round.

Example
    F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher, 1), reduction="batchmean")

Instead
    F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher / T, 1), reduction="batchmean") * T * T

When it is a false alarm
    A teacher that is softened, or a student, alone and on purpose.

Cost
    Two logarithms of a batch of outputs, in the first steps.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Loss, NetCall, WatchEnds
from goodfit.checks.engine.formulas import Formulas
from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, names_in, scopes
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

TEMPERATURE = lazy_pattern(r"temp|^t$|^tau$", re.IGNORECASE)
WORTH_PARSING = lazy_pattern(r"kl_div\(")
CALLS_AT_LEAST = 3
SOFT_AT_LEAST = 1.5
NEAR = 0.01
OUTPUTS_KEPT = 4  # of each kind, until the next backward pass
ROWS_COMPARED = 8


class TemperatureOnOneSide(LiveRule):
    code, level = "GF254", Level.WARNING

    def start(self) -> None:
        self.fixed: list[Tensor] = []  # outputs without gradients
        self.learnt: list[Tensor] = []
        self.calls = 0

    def on_call(self, event: NetCall) -> None:
        if self.calls >= CALLS_AT_LEAST:
            return
        for output in event.outputs[:1]:
            if output.dim() == 2 and output.is_floating_point() and len(output) > 1:
                kept = self.learnt if output.requires_grad else self.fixed
                kept.append(output.detach()[:ROWS_COMPARED])
                del kept[:-OUTPUTS_KEPT]

    def after_backward(self, event: BackwardEnded) -> None:
        self.fixed, self.learnt = [], []

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """Of a teacher that was asked before, about all rows."""
        for source in self.program.source.files() if self.program.steps and self.calls < CALLS_AT_LEAST else ():
            if source.mentions(WORTH_PARSING):
                for name, line in source.found(one_side):
                    yield self.finding(
                        f"the student's outputs are divided by {name} before the softmax, and the teacher's are not",
                        "Divide both by the same temperature",
                        file=source.file,
                        line=line,
                    )

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "kl_div" or not event.input.requires_grad or event.target.requires_grad:
            return
        target = event.target.detach()[:ROWS_COMPARED]
        logs = target if event.options.get("log_target") else target.double().clamp_min(1e-30).log()
        teacher = _temperature(logs, self.fixed)
        student = _temperature(event.input.detach()[:ROWS_COMPARED], self.learnt)
        if teacher is None or student is None or min(teacher, student) > 1 + NEAR or min(teacher, student) < 1 - NEAR:
            return
        if max(teacher, student) < SOFT_AT_LEAST:
            return
        self.calls += 1
        if self.calls == CALLS_AT_LEAST:
            yield self.finding(
                f"before the softmax, the student's outputs were divided by {number(student, 2)} and the teacher's by "
                f"{number(teacher, 2)}",
                "Divide both by the same temperature",
            )


def one_side(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Temperatures of the one side of a divergence: kl_div(log_softmax(a / T), softmax(b)), each with its line."""
    everywhere: dict[str, list[ast.expr]] = {}  # of all functions: a teacher may have been asked outside
    for target, value in given(all_nodes(tree)):
        everywhere.setdefault(last_name(target), []).append(value)
    for body in scopes(tree):
        formulas = Formulas(body)
        for call in formulas.nodes:
            if not isinstance(call, ast.Call) or called(call) != "kl_div" or len(call.args) < 2:
                continue
            student, teacher = (formulas.value(each) for each in call.args[:2])
            if called(student) != "log_softmax" or called(teacher) != "softmax" or not isinstance(teacher, ast.Call):
                continue
            divided = [
                each for each in all_nodes(student) if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div)
            ]
            names = {last_name(each.right) for each in divided if TEMPERATURE.search(last_name(each.right))}
            origins = [value for each in names_in(teacher) for value in everywhere.get(each, ())]
            plain = [teacher, *origins]  # what a teacher gave, and nothing else
            is_plain = not any(isinstance(each, ast.BinOp) for value in plain for each in all_nodes(value))
            asked = any(isinstance(value, ast.Call) for value in origins)
            if len(names) == 1 and asked and is_plain and not any(map(TEMPERATURE.search, map(ast.unparse, plain))):
                yield names.pop(), teacher.lineno


def _temperature(logs: Tensor, outputs: list[Tensor]) -> float | None:
    """What the outputs of a net were divided by, where these log-probabilities are their softmax; None where not."""
    for output in reversed(outputs):
        if output.shape != logs.shape:
            continue
        ours, theirs = (each.double() - each.double().mean(1, keepdim=True) for each in (logs, output))
        known = float((ours * theirs).sum())
        if known <= 0:
            continue
        temperature = float((theirs * theirs).sum()) / known
        if torch.allclose(ours * temperature, theirs, rtol=1e-2, atol=1e-2 * float(theirs.abs().max())):
            return temperature
    return None
