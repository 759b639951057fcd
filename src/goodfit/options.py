"""One declaration an option: its type, range, help and group. The command line, checks and docs are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from goodfit.errors import UsageError
from goodfit.naming import FLAGS

# The headings of `goodfit fit --help`, in their order.
GROUPS = ("Data", "Model", "Training", "Images", "Segmentation", "Restoration", "Tables", "Ratings", "Run")


@dataclass(frozen=True)
class Option:
    """An option of a fit or of a source: `--some-name VALUE` of the command, `some_name=value` of Python.

    Attributes:
        name: as Python writes it.
        type: of the value: str, int, float, bool (a flag) or Path.
        help: one sentence; a default that is chosen from the data stands in brackets at its end.
        group: one of GROUPS.
        low, high: the range of a number, both ends included.
        choices: all values that there are, where they are few.
        several: names separated by commas; the command takes the option several times as well.
        either: of a flag: it can be said (--header), denied (--no-header) or left open.
        parse: makes the value of what was given and raises UsageError; in place of range and choices.
    """

    name: str
    type: type
    help: str
    group: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    parse: Callable[[Any], Any] | None = None
    either: bool = False
    several: bool = False

    def __post_init__(self) -> None:
        if self.type is bool:
            FLAGS.add(self.name.replace("_", "-"))

    @property
    def flag(self) -> str:
        """The name on the command line."""
        return "--" + self.name.replace("_", "-")

    def checked(self, value: Any) -> Any:
        """The value, in range and of the choices; None stays None.

        Raises:
            UsageError: another value, with what may be given.
        """
        if value is None:
            return None
        if self.parse is not None:
            return self.parse(value)
        if self.choices and value not in self.choices:
            raise UsageError(f"{self.flag} {value} is not known", fix=f"Choose one of {', '.join(self.choices)}")
        if self.type in (int, float):
            value = self._as_number(value)
        low = self.low if self.low is not None else float("-inf")
        high = self.high if self.high is not None else float("inf")
        if self.type in (int, float) and not low <= value <= high:
            raise UsageError(f"{self.flag} {value} is out of range", fix=f"Give {low:g} to {high:g}")
        return value

    def _as_number(self, value: Any) -> Any:
        """A number of this option's type: of Python or NumPy, and 3.0 where a whole one is wanted.

        Raises:
            UsageError: it is none, such as the text "two".
        """
        whole = self.type is int
        number = None if isinstance(value, bool) else value
        if isinstance(number, Real):
            if not whole or isinstance(number, Integral):
                return number
            if float(number).is_integer():
                return int(float(number))
        wanted = "a whole number" if whole else "a number"
        raise UsageError(f"{self.flag} {value!r} is not {wanted}", fix=f"Give {wanted}")
