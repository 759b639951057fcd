"""target-is-input: a language model is trained to predict the token that it is given.

What it checks
    The targets are the input's own tokens, position by position, or the ones before them, and a copy of the net shows
    that it reads from left to right: an earlier token moves later outputs, and the last token moves its own output and
    no earlier one. A decoder that puts a first token before them by itself is given what it is to say, and is left out.
    As a warning, in three passes: targets that count at fewer than half of the places, as those of masked words or of
    an answer, are the tokens that the net is given at these very places, and a copy of it shows that it reads them.

Why it hurts
    The net learns to copy. Its loss falls to nothing in a few steps, and it has learnt nothing about the next token.

Example
    x, y = chunk[:, :-1], chunk[:, :-1]
    loss = model(input_ids=ids, labels=ids.masked_fill(~chosen, -100)).loss           # of masked words

Instead
    x, y = chunk[:, :-1], chunk[:, 1:]
    loss = model(input_ids=ids.masked_fill(chosen, MASK), labels=ids.masked_fill(~chosen, -100)).loss

When it is a false alarm
    An exercise in copying. Autoencoders, masked language models and translation are left out: their outputs see the
    whole input, or their input is not the target.

Cost
    Four passes of one batch through a copy of the net, once, where targets are the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import nn

from goodfit.checks.engine.events import BackwardBegins, Loss, NetCall
from goodfit.checks.engine.sequence_calls import Match, SequenceCalls
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3


class TargetIsInput(LiveRule):
    code, level = "GF218", Level.ERROR

    def start(self) -> None:
        self.calls = SequenceCalls()
        self.filled = 0  # passes with targets of some places

    def on_call(self, event: NetCall) -> None:
        self.calls.add_call(event)

    def on_loss(self, event: Loss) -> None:
        if event.name in ("cross_entropy", "nll_loss") and not event.target.is_floating_point():
            self.calls.add_loss(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        filled = next(self.calls.filled(), None)
        matches = list(self.calls.matches())
        if filled is not None:
            self.filled += 1
            net, given = filled
            if self.filled == PASSES_AT_LEAST and given.reads_own(net):
                yield self.finding(
                    f"the targets of the {float(given.places.float().mean()):.0%} of places that count are the tokens "
                    f"that {type(net).__name__} is given there: it learns to copy",
                    "Hide them in the input: masked words by the mask token; or shift targets by one, as for the next",
                    file=given.loss.place.file,
                    line=given.loss.place.line,
                    level=Level.WARNING,
                )
                return
        for net, match in matches:
            if filled is None or self.filled >= PASSES_AT_LEAST:
                self.calls.examined.add(net)
            if match.shift.steps == 1:
                continue
            reach = match.reach(net)
            if reach is None or reach.past or not reach.future or _predicts_next(net, matches):
                continue
            if match.shift.steps == 0 and not reach.own:  # the net shifts by itself
                continue
            if match.shift.steps == 0:
                what = "the targets are the tokens of the input themselves: the net learns to copy"
                fix = "Shift by one: inputs chunk[:, :-1], targets chunk[:, 1:]"
            elif match.shift.steps < 0:
                what = "the targets are the tokens before those of the input: inputs and targets are exchanged"
                fix = "Exchange them: inputs chunk[:, :-1], targets chunk[:, 1:]"
            else:
                what = "the targets are two steps ahead of the input: they were shifted twice"
                fix = "Shift once: a model that takes labels= shifts them by itself"
            yield self.finding(
                f"{what}, and {type(net).__name__} reads from left to right as for the next token",
                fix,
                file=match.loss.place.file,
                line=match.loss.place.line,
            )
            return


def _predicts_next(net: nn.Module, matches: Sequence[tuple[nn.Module, Match]]) -> bool:
    """Whether the targets are the next step of another input that moves the outputs: labels do not."""
    others = [match for each, match in matches if each is net and match.shift.steps == 1]
    return any((reach := match.reach(net)) is not None and reach.future for match in others)
