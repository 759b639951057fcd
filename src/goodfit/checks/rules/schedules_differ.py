"""schedules-differ: a diffusion is sampled with another schedule of noise than it was trained with.

What it checks
    In the source of the program: one class is made twice with the same net or in two functions that are given one,
    and a schedule, a kind of prediction or a number of training steps, named so, is a different word or number; one
    of them is made where the program trains, the other one where it samples.

Why it hurts
    The net knows how much noise there is from the number of the step. Under another schedule the same number means
    another amount: too much or too little is taken away at each step, and samples are blurred or noisy.

Example
    Diffusion(net, noise_schedule="cosine")       # in train
    Diffusion(net, noise_schedule="linear")       # in sample

Instead
    Make both of one configuration.

When it is a false alarm
    A comparison of schedules in one program.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import called, of_kind, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

OPTION = lazy_pattern(
    r"(?i)schedule(_name|_type)?$|^(num_)?(train_)?(diffusion_)?timesteps$|^prediction_type$|^beta_(start|end)$"
)
SAMPLES = lazy_pattern(r"(?i)sampl|generat|infer|eval|test|predict|draw")


class SchedulesDiffer(SourceRule):
    code, level = "GF486", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)(schedule(_name|_type)?|timesteps|prediction_type|beta_(start|end)) *= *[\"'\d]")
    what = "the net is sampled with {name}"
    fix = "Make both of one configuration"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return differing(tree)


def differing(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Options of a schedule that sampling has otherwise than training, each with the line where it samples."""
    functions = [each for each in of_kind(tree, ast.FunctionDef) if each.name != "__init__"]
    training: dict[tuple[str, str], set[str]] = {}
    sampling: list[tuple[str, str, str, int]] = []
    for function in functions:
        nodes = within_body(function.body)
        trains = any(called(node) == "backward" for node in nodes)
        for node in nodes:
            if not isinstance(node, ast.Call):
                continue
            for each in node.keywords:
                if each.arg and OPTION.search(each.arg) and isinstance(each.value, ast.Constant):
                    kind = _kind(called(node))
                    if trains:
                        training.setdefault((kind, each.arg), set()).add(ast.unparse(each.value))
                    elif SAMPLES.search(function.name):
                        sampling.append((kind, each.arg, ast.unparse(each.value), node.lineno))
    for kind, option, value, line in sampling:
        known = training.get((kind, option), set())
        if len(known) == 1 and value not in known:
            yield f"{option}={value}, and was trained with {option}={next(iter(known))}", line


def _kind(name: str) -> str:
    """What is made: DDPMScheduler and DDIMScheduler are of one kind."""
    return "Scheduler" if name.endswith("Scheduler") else name
