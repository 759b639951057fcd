"""The watcher as a callback of Lightning: `Trainer(callbacks=[goodfit.lightning.Watch()])`."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

from goodfit.checks.finding import Finding, Level
from goodfit.checks.watch import watch
from goodfit.errors import UsageError


def _callback() -> Any:
    """The class that callbacks of the installed Lightning derive from."""
    for package in ("lightning.pytorch", "pytorch_lightning"):  # the second is its name before 2.0, still published
        with contextlib.suppress(ImportError):
            return importlib.import_module(package).Callback
    raise UsageError("goodfit.lightning needs Lightning", fix="Install it: pip install lightning")


_Base: Any = _callback()


class Watch(_Base):  # type: ignore[misc]  # the base is known at run time only
    """Watches each fit of a Trainer, and prints what was found when it ends.

    Args:
        stop: end the training after the first finding of level error.
        **options: those of `goodfit.watch`: select, ignore, quiet.

    Attributes:
        findings: what was found so far, errors first; complete when the fit has ended.
    """

    def __init__(self, *, stop: bool = False, **options: Any) -> None:
        super().__init__()
        self._stop, self._options = stop, options
        self._watch: watch | None = None

    @property
    def findings(self) -> list[Finding]:
        return [] if self._watch is None else self._watch.findings

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Before the optimisers are made."""
        if stage == "fit":
            self._watch = watch(**self._options)

    def on_train_batch_end(self, trainer: Any, *_: Any, **__: Any) -> None:
        if self._stop and any(finding.level is Level.ERROR for finding in self.findings):
            trainer.should_stop = True

    def teardown(self, trainer: Any, pl_module: Any, stage: str) -> None:
        if self._watch is not None:
            self._watch.close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        if self._watch is not None:
            self._watch.close()
