"""future-leak: a net that predicts the next step sees that step.

What it checks
    The targets are the input moved by one step, so that the output at each position has to predict the next input. In
    a copy of the net the last step of the input is changed, and outputs at earlier positions move.

Why it hurts
    The answer is part of the question. The training loss falls to nothing, also on validation data, and the net cannot
    generate: at that time the next step is not there.

Example
    h = self.encoder(self.embed(tokens))                       # every position attends to every other

Instead
    mask = nn.Transformer.generate_square_subsequent_mask(T)
    h = self.encoder(self.embed(tokens), mask=mask, is_causal=True)

    A convolution over time is padded on its left side alone; a recurrent net is not bidirectional.

When it is a false alarm
    None is known: where the targets of the earlier positions are ignored, nothing is predicted there.

Cost
    Four passes of one batch through a copy of the net, once, where targets are the input moved in time.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import BackwardBegins, Loss, NetCall
from goodfit.checks.engine.sequence_calls import SequenceCalls
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number


class FutureLeak(LiveRule):
    code, level = "GF219", Level.ERROR

    def start(self) -> None:
        self.calls = SequenceCalls()

    def on_call(self, event: NetCall) -> None:
        self.calls.add_call(event)

    def on_loss(self, event: Loss) -> None:
        self.calls.add_loss(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for net, match in self.calls.matches():
            if match.shift.steps != 1:
                continue
            self.calls.examined.add(net)
            reach = match.reach(net)
            if reach is not None and reach.past:
                yield self.finding(
                    f"the targets are the next step of the input, and outputs of {type(net).__name__} see it: a change "
                    f"of the last step moves outputs of earlier ones (by {number(reach.size, 3)})",
                    "Give attention a causal mask, pad convolutions over time on the left alone, and use no "
                    "bidirectional layer",
                    file=match.loss.place.file,
                    line=match.loss.place.line,
                )
