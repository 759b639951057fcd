"""The watcher as a callback of Hugging Face's Trainer: `Trainer(..., callbacks=[goodfit.transformers.Watch()])`."""

from __future__ import annotations

from typing import Any

from goodfit.checks.finding import Finding, Level
from goodfit.checks.watch import watch
from goodfit.errors import UsageError


def _callback() -> Any:
    """The class that callbacks of the installed transformers derive from."""
    try:
        from transformers import TrainerCallback
    except ImportError as error:
        raise UsageError(
            "goodfit.transformers needs transformers", fix="Install it: pip install transformers"
        ) from error
    return TrainerCallback


_Base: Any = _callback()


class Watch(_Base):  # type: ignore[misc]  # the base is known at run time only
    """Watches the training of a Trainer, from its making on, and prints what was found when the training ends.

    Args:
        stop: end the training after the first finding of level error.
        **options: those of `goodfit.watch`: select, ignore, quiet.

    Attributes:
        findings: what was found so far, errors first; complete when the training has ended.
    """

    def __init__(self, *, stop: bool = False, **options: Any) -> None:
        self._stop, self._options = stop, options
        self._watch: watch | None = None

    @property
    def findings(self) -> list[Finding]:
        return [] if self._watch is None else self._watch.findings

    def on_init_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Before the loaders and the optimiser are made."""
        self._watch = watch(**self._options)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._stop and any(finding.level is Level.ERROR for finding in self.findings):
            control.should_training_stop = True

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._watch is not None:
            self._watch.close()
