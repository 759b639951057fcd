"""Who listens to what: the annotation of a method's one argument names the events that it is called for.

    def on_evaluation(self, event: Loss | Compare) -> Iterator[Finding]: ...

Every public method that a live rule adds is such a handler; the names of its helpers begin with an underscore.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection, Iterable
from functools import cache
from types import UnionType
from typing import Any, Protocol, TypeVar

from goodfit.checks.engine.events import EVENTS, Call, Event, NetCall

Handler = Callable[[Any], Any]


class Listens(Protocol):
    """A rule, as far as events go to it."""

    sleepless: typing.ClassVar[tuple[type[Event], ...]]
    layers: typing.ClassVar[tuple[type, ...]]

    @classmethod
    def handlers(cls) -> dict[str, tuple[type[Event], ...]]: ...


R = TypeVar("R", bound=Listens)


def listeners(rules: Iterable[R], *, asleep: bool) -> dict[type[Event], list[tuple[R, Handler]]]:
    """For every event the rules that listen to it, in the order given, each with its bound method.

    Args:
        asleep: only those that listen in every step, as their `sleepless` says.
    """
    table: dict[type[Event], list[tuple[R, Handler]]] = {event: [] for event in EVENTS}
    for rule in rules:
        for name, events in rule.handlers().items():
            for event in events:
                if not asleep or event in rule.sleepless:
                    table[event].append((rule, getattr(rule, name)))
    return table


class CallListeners:
    """Who listens to the calls of one kind of module, looked up once for each kind.

    Args:
        table: of all events, as `listeners` gives it.
    """

    def __init__(self, table: dict[type[Event], list[tuple[R, Handler]]]) -> None:
        self._of_calls, self._of_net_calls = table[Call], table[NetCall]
        self._known: dict[tuple[type, bool], list[tuple[typing.Any, Handler]]] = {}

    def of(self, event: Call) -> list[tuple[typing.Any, Handler]]:
        """For a call: rules of any layer and of this one's kind; for that of a net, those of nets after them."""
        key = type(event.module), isinstance(event, NetCall)
        known = self._known.get(key)
        if known is None:
            kind, is_net = key
            of_kind = [each for each in self._of_calls if not each[0].layers or issubclass(kind, each[0].layers)]
            known = self._known[key] = [*of_kind, *self._of_net_calls] if is_net else of_kind
        return known


@cache
def handlers(kind: type, contract: Collection[str]) -> dict[str, tuple[type[Event], ...]]:
    """Names of the handlers of a rule's class, in their order, with the events that each listens to.

    Args:
        kind: the rule's class.
        contract: names that mean something else in every rule, such as `start`.

    Raises:
        TypeError: a public method that does not say which events it listens to, or a `sleepless` event without a
            handler.
    """
    members: dict[str, Any] = {}
    for owner in reversed(kind.__mro__):
        members |= vars(owner)
    events = {
        name: _annotated_events(kind, name, member)
        for name, member in members.items()
        if inspect.isfunction(member) and not name.startswith("_") and name not in contract
    }
    heard = {event for some in events.values() for event in some}
    deaf = [event.__name__ for event in getattr(kind, "sleepless", ()) if event not in heard]
    if deaf:
        raise TypeError(f"{kind.__name__}.sleepless names {', '.join(deaf)}, and none of its methods listens to that")
    return events


def _annotated_events(kind: type, name: str, method: Any) -> tuple[type[Event], ...]:
    where = f"{kind.__name__}.{name}"
    code = inspect.unwrap(method).__code__
    params = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    if len(params) != 1:
        raise TypeError(
            f"{where} takes {len(params)} arguments. A public method of a live rule takes one event; a helper's name "
            "begins with an underscore"
        )
    written = method.__annotations__.get(params[0])
    if written is None:
        raise TypeError(f"{where}: annotate '{params[0]}' with the event that the method is called for. {_known()}")
    try:
        annotation = _named(written, inspect.unwrap(method).__globals__)
    except NameError as error:
        raise TypeError(f"{where}: {error}. Import what its annotations name at the top of the file") from error
    is_union = typing.get_origin(annotation) in (UnionType, typing.Union)
    events = typing.get_args(annotation) if is_union else (annotation,)
    if not all(event in EVENTS for event in events):
        raise TypeError(f"{where}: '{params[0]}: {written}' is no event and no union of events. {_known()}")
    return events


def _named(annotation: Any, names: dict[str, Any]) -> Any:
    """What an annotation means; a third of the time that typing.get_type_hints takes, for a thousand of them."""
    if not isinstance(annotation, str):
        return annotation
    return names[annotation] if annotation in names else eval(annotation, names)  # of the rule's own file


def _known() -> str:
    return f"The events are {', '.join(sorted(event.__name__ for event in EVENTS))}"
