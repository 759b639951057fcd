"""term-without-gradient: one term of the loss does not depend on anything that is trained.

What it checks
    In three steps, a loss function of torch is called, with gradients being recorded, on values of which none needs a
    gradient; or torch.autograd.grad gives gradients of a net's input without create_graph=True; or a net gives one
    output with a graph and another one, of its own making, without. And the loss of these steps is a sum with a term
    that has no graph.

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

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, InputGradients, Loss, NetCall, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
LOSS, PENALTY, OUTPUT = "loss", "penalty", "output"


class TermWithoutGradient(LiveRule):
    code, level = "GF233", Level.WARNING
    yields_to = ("loss-detached",)

    def start(self) -> None:
        self.since: dict[tuple[Place, str], str] = {}  # calls without gradient since the last step, with their names
        self.added: set[tuple[Place, str]] = set()  # those of them whose loss had a term without a graph
        self.steps: dict[tuple[Place, str], int] = {}

    def on_loss(self, event: Loss) -> None:
        if event.grad and not event.input.requires_grad and not event.target.requires_grad:
            self.since[(user_place(), LOSS)] = event.name

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

    def on_gradients(self, event: InputGradients) -> None:
        if event.grad and not event.create_graph:
            self.since[(user_place(), PENALTY)] = "torch.autograd.grad"

    def before_backward(self, event: BackwardBegins) -> None:
        if self.since and any(graph.has_constant_term(loss) for loss in event.losses):
            self.added |= set(self.since)

    def on_step(self, event: Step) -> Iterator[Finding]:
        for key in self.added:
            self.steps[key] = self.steps.get(key, 0) + 1
            if self.steps[key] == STEPS_AT_LEAST:
                place, kind = key
                yield self._finding(place, kind, self.since.get(key, "the loss"))
        self.since, self.added = {}, set()

    def _finding(self, place: Place, kind: str, name: str) -> Finding:
        if kind == PENALTY:
            what = "the gradients that torch.autograd.grad gives have no graph, so that the penalty made of them"
            fix = "Call torch.autograd.grad with create_graph=True"
        elif kind == OUTPUT:
            what = f"one output of {name} has no graph, as after detach(), so that the term of the loss made of it"
            fix = "Return it with its graph, and detach only what is shown or kept"
        else:
            what = f"{name} gets values of which none needs a gradient: this term of the loss"
            fix = "Give it the output of the net that is trained; compute what is only shown under torch.no_grad()"
        return self.finding(f"{what} trains nothing", fix, file=place.file, line=place.line)
