"""The options of all sources as one list, for a command line on which every name stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from goodfit.data.sources import all_sources
from goodfit.options import GROUPS, Option


def source_options() -> list[Option]:
    """One option a name, in the order of the headings; where it means two things, its help says both."""
    by_name: dict[str, list[Option]] = {}
    for source in all_sources():
        for option in source.options:
            by_name.setdefault(option.name, []).append(option)
    merged = [merge(sorted(options, key=_heading)) for options in by_name.values()]
    return sorted(merged, key=_heading)


def merge(options: Sequence[Option]) -> Option:
    """One option of several of the same name; ranges and choices are the widest.

    Raises:
        TypeError: they take values of different types, which no command line can tell apart.
    """
    first = options[0]
    if any(option.type is not first.type for option in options):
        raise TypeError(f"sources declare {first.flag} with different types")
    lows, highs = [option.low for option in options], [option.high for option in options]
    free = any(not option.choices for option in options)
    return replace(
        first,
        help=merged_help(options),
        low=None if None in lows else min(low for low in lows if low is not None),
        high=None if None in highs else max(high for high in highs if high is not None),
        choices=() if free else tuple(dict.fromkeys(value for option in options for value in option.choices)),
        parse=first.parse if all(option.parse is first.parse for option in options) else None,
    )


def merged_help(options: Sequence[Option]) -> str:
    """The one text that all have, or each with the headings that it belongs to: "Images: ... Restoration: ..."."""
    headings: dict[str, list[str]] = {}
    for option in options:
        known = headings.setdefault(option.help, [])
        if option.group not in known:
            known.append(option.group)
    if len(headings) == 1:
        return options[0].help
    return " ".join(f"{' and '.join(groups)}: {text}" for text, groups in headings.items())


def _heading(option: Option) -> int:
    return GROUPS.index(option.group) if option.group in GROUPS else len(GROUPS)
