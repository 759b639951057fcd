"""Functions of torch replaced by ones that also tell the watcher, and put back afterwards."""

from __future__ import annotations

import functools
import math
import threading
from collections import Counter
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, TypeVar

import torch

from goodfit.checks.engine.program_state import ProgramState
from goodfit.checks.engine.watcher import Watcher

K = TypeVar("K")
Undo = list[Callable[[], None]]
# Python's warnings pass over frames whose file is named so (warnings._is_internal_frame) when they count `stacklevel`:
# a warning of torch keeps the user's line, and is shown as often as without us.
PASSED_OVER = "<goodfit, as importlib._bootstrap>"


class _OfThread(threading.local):
    """Of one thread.

    Attributes:
        backwards: how many passes run, one within the other.
        stepping: whether an optimiser of torch's own steps.
        steps: how many there were, and `steps_before` those when each optimiser's step, that still runs, began.
        passed_over: the net whose call, and calls of itself within it, `depth` of them, are not watched.
        loading: whether a loader makes its next batch, and has called no net for it.
        reshapes_left: of those that are looked at: a data set makes the same ones of each row.
    """

    backwards = steps = depth = 0
    reshapes_left = math.inf
    stepping = loading = False
    passed_over: Any = None

    def __init__(self) -> None:
        self.steps_before: dict[int, int] = {}


class Replacing:
    """What all kinds of hooks share: how a function is replaced, and when nothing may be watched."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher: Watcher = watcher
        self.program: ProgramState = watcher.program
        self._undo: Undo = []
        self._undo_close: Undo = []
        self._backwards_running = 0  # in all threads
        self._local = _OfThread()
        self._calls: Counter[Any] = Counter()  # since the last step, of each net in each of its modes
        self._functorch: Callable[[], Any] = getattr(torch._C._functorch, "peek_interpreter_stack", lambda: None)

    @property
    def _in_backward(self) -> bool:
        """Whether this thread computes gradients: also one that autograd has started, as for each GPU."""
        if self._local.backwards:
            return True
        return self._backwards_running > 0 and isinstance(threading.current_thread(), threading._DummyThread)

    def _run_backward(self, original: Any, args: Any, kwargs: Any) -> Any:
        """Call it, and know meanwhile that gradients are being computed: rules of other threads wait."""
        local = self._local
        lock = self.watcher.turn()
        self._backwards_running += 1
        local.backwards += 1
        try:
            return original(*args, **kwargs)
        finally:
            local.backwards -= 1
            self._backwards_running -= 1
            lock.release()

    def _replace(
        self,
        owner: Any,
        name: str,
        handler: Any,
        undo: Undo | None = None,
        *,
        awake_alone: bool = False,
        outside_loaders: bool = False,
    ) -> None:
        """`handler(original, args, kwargs)` in place of `owner.name`, while nothing speaks against watching.

        Args:
            awake_alone: no rule listens while rules sleep: the original is called at once then.
            outside_loaders: nor while a loader makes a batch, where a data set does the same to each of its rows.
        """
        own = name in vars(owner)
        original = getattr(owner, name)
        watcher, functorch, of_thread, local = self.watcher, self._functorch, self.watcher.of_thread, self._local

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            if (awake_alone and not watcher.awake) or (outside_loaders and local.loading):
                return original(*args, **kwargs)
            # At each operation of the program while rules are awake: `watcher.busy` is written out.
            if torch.compiler.is_compiling() or of_thread.busy or watcher.off or functorch() is not None:
                return original(*args, **kwargs)
            return handler(original, args, kwargs)

        function: Any = replacement
        function.__code__ = _passed_over(replacement)
        setattr(owner, name, replacement)
        back = functools.partial(setattr, owner, name, original) if own else functools.partial(delattr, owner, name)
        (self._undo if undo is None else undo).append(back)


def passed_over_by_warnings(kind: type[K]) -> type[K]:
    """Decorator of a class whose methods call the originals: they leave no trace in the warnings of these."""
    for member in vars(kind).values():
        if isinstance(member, FunctionType):
            member.__code__ = _passed_over(member)
    return kind


def _passed_over(function: Any) -> CodeType:
    return _renamed(function.__code__)


@functools.cache
def _renamed(code: CodeType) -> CodeType:
    return code.replace(co_filename=PASSED_OVER)
