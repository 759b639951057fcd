"""Rules listen by annotation: what a method hears is the class of its argument, and a wrong one fails at load."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from torch import Tensor

from goodfit.checks.engine.dispatch import listeners
from goodfit.checks.engine.events import EVENTS, BackwardBegins, BackwardEnded, Compare, Loss, Step, WatchEnds
from goodfit.checks.engine.events import Backward as BackwardFields
from goodfit.checks.engine.program_state import ProgramState
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule, LiveRule, live_rules


class Both(LiveRule):
    code, level = "GF901", Level.NOTICE
    sleepless = (Step,)

    def on_labels(self, event: Loss | Compare) -> None: ...

    def on_step(self, event: Step) -> None: ...

    def _helper(self, event: int, more: int) -> None: ...


class OfData(DataRule, LiveRule):
    code, level = "GF902", Level.NOTICE

    def check(self, data: DataFacts) -> Iterator[Finding]:
        yield from ()

    def on_end(self, event: WatchEnds) -> None: ...


def test_a_method_listens_to_what_its_argument_is_annotated_with() -> None:
    assert Both.handlers() == {"on_labels": (Loss, Compare), "on_step": (Step,)}
    assert OfData.handlers() == {"on_end": (WatchEnds,)}


def test_the_table_holds_every_event_and_asleep_only_what_is_sleepless() -> None:
    both, of_data = Both(ProgramState()), OfData(ProgramState())
    awake = listeners([both, of_data], asleep=False)
    assert set(awake) == set(EVENTS)
    assert {event: [rule for rule, _ in heard] for event, heard in awake.items() if heard} == {
        Loss: [both], Compare: [both], Step: [both], WatchEnds: [of_data],
    }  # fmt: skip
    assert [method.__name__ for _, method in awake[Loss]] == ["on_labels"]
    asleep = listeners([both, of_data], asleep=True)
    assert {event for event, heard in asleep.items() if heard} == {Step}


def test_the_two_events_of_a_backward_are_two() -> None:
    assert {BackwardBegins, BackwardEnded} <= set(EVENTS)
    assert BackwardFields not in set[type](EVENTS)


def test_a_wrong_annotation_fails_at_load_and_names_the_method() -> None:
    class NoEvent(LiveRule):
        def on_loss(self, event: Tensor) -> None: ...

    class PartlyNoEvent(LiveRule):
        def on_loss(self, event: Loss | int) -> None: ...

    class TooWide(LiveRule):
        def on_backward(self, event: BackwardFields) -> None: ...

    class Nothing(LiveRule):
        def on_loss(self, event): ...  # type: ignore[no-untyped-def]  # what is tested

    class Unknown(LiveRule):
        def on_loss(self, event: Lost) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    class TwoArguments(LiveRule):
        def on_loss(self, event: Loss, more: int) -> None: ...

    class Deaf(LiveRule):
        sleepless = (Step,)

        def on_loss(self, event: Loss) -> None: ...

    for kind, message in {
        NoEvent: r"NoEvent\.on_loss: 'event: Tensor' is no event and no union of events\. The events are AlongWidth, A",
        PartlyNoEvent: r"'event: Loss \| int' is no event",
        TooWide: r"TooWide\.on_backward: 'event: BackwardFields' is no event",
        Nothing: r"Nothing\.on_loss: annotate 'event' with the event",
        Unknown: r"Unknown\.on_loss: name 'Lost' is not defined\. Import what its annotations name",
        TwoArguments: r"TwoArguments\.on_loss takes 2 arguments\. A public method of a live rule takes one event",
        Deaf: r"Deaf\.sleepless names Step, and none of its methods listens to that",
    }.items():
        with pytest.raises(TypeError, match=message):
            kind.handlers()


def test_every_rule_of_the_folder_hears_something() -> None:
    silent = [kind.name for kind in live_rules() if not kind.handlers()]
    assert silent == []
