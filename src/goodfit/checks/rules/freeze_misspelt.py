"""freeze-misspelt: a part was to be frozen by an attribute that PyTorch does not know.

What it checks
    A trained parameter carries an attribute like requires_grad, and misspelt (`require_grad`), that is False. Or a
    module carries requires_grad = False, which means nothing for a module, and its parameters are trained.

Why it hurts
    Python lets any attribute be set. The part goes on training, the pretrained weights are changed, and the frozen
    part costs gradients and memory.

Example
    for param in backbone.parameters():
        param.require_grad = False
    model.encoder.requires_grad = False

Instead
    model.encoder.requires_grad_(False)

When it is a false alarm
    Modules whose own class uses the attribute for something else are left out.

Cost
    A look at the attributes of parameters and modules, once, in the third step.
"""

from __future__ import annotations

import difflib
import inspect
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn
from torch.optim import Optimizer

from goodfit.checks.engine.events import Step
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing, counted

RIGHT = ("requires_grad", "requires_grad_")
STEPS_BEFORE = 3  # of an optimiser, before its parameters are looked at
LIKENESS = 0.85  # of a name to the right one (difflib's ratio): require_grad has 0.96, requireGrad 0.83
OTHER_SPELLINGS = frozenset({"requiregrad", "requiresgrad", "requiregrads", "requiresgrads", "requiresgradient"})


class FreezeMisspelt(LiveRule):
    code, level = "GF315", Level.ERROR

    def start(self) -> None:
        self.steps: weakref.WeakKeyDictionary[Optimizer | HandWritten, int] = weakref.WeakKeyDictionary()
        self.reported: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_step(self, event: Step) -> Iterator[Finding]:
        steps = self.steps[event.optimiser] = self.steps.get(event.optimiser, 0) + 1
        if steps != STEPS_BEFORE:
            return
        place = self.program.made_at(event.optimiser)
        trained = {id(param): param for param in event.params if param.grad is not None and param.requires_grad}
        attributes = Counter(name for param in trained.values() for name in _misspelt(vars(param)))
        for name, count in attributes.items():
            yield self.finding(
                f"{counted(count, 'trained parameter')} {agreeing(count, 'has', 'have')} the attribute {name} = False, "
                f"which PyTorch does not know: {agreeing(count, 'it is', 'they are')} not frozen",
                f"Write requires_grad in place of {name}, or call module.requires_grad_(False)",
                file=place.file,
                line=place.line,
            )
        for net in list(self.program.nets):
            for path, module in net.named_modules():
                attribute = _frozen_module(module)
                if attribute is None or module in self.reported:
                    continue
                count = sum(id(param) in trained for param in module.parameters())
                if count:
                    self.reported.add(module)
                    what = f"{type(module).__name__} {path}".strip()
                    yield self.finding(
                        f"the module {what} has the attribute {attribute} = False, which means nothing for a module: "
                        f"its {counted(count, 'parameter')} {agreeing(count, 'is', 'are')} trained",
                        "Call requires_grad_(False) on the module",
                        file=place.file,
                        line=place.line,
                    )


def _misspelt(attributes: Mapping[str, Any]) -> list[str]:
    """Names of attributes that are False and nearly requires_grad."""
    return [name for name, value in attributes.items() if value is False and _is_like(name)]


def _is_like(name: str) -> bool:
    plain = name.replace("_", "").lower()
    return plain in OTHER_SPELLINGS or difflib.SequenceMatcher(None, name, RIGHT[0]).ratio() >= LIKENESS


def _frozen_module(module: nn.Module) -> str | None:
    """The attribute by which a module was to be frozen, unless its own class knows the name."""
    for name in _misspelt(vars(module)):
        if not any(name in _names_in(kind) for kind in type(module).__mro__ if kind is not nn.Module):
            return name
    return None


def _names_in(kind: type) -> set[str]:
    """Names that the methods of a class use."""
    names: set[str] = set()
    for member in vars(kind).values():
        if inspect.isfunction(member):
            names.update(member.__code__.co_names)
    return names
