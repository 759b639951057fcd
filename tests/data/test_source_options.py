"""The options of all sources on one command line: no text is lost, and a name that means two things says both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodfit.data import source_options
from goodfit.data.command_options import merge
from goodfit.data.sources import all_sources
from goodfit.options import Option

SIZE = Option("size", int, "Side in pixels.", "Images", low=8, high=512)
LENGTH = Option("size", int, "Seconds of a recording.", "Data", low=1, high=60)


def test_every_name_stands_once_and_no_text_is_lost() -> None:
    options = source_options()
    by_name = {option.name: option for option in options}
    assert len(by_name) == len(options)
    for source in all_sources():
        for option in source.options:
            assert option.help in by_name[option.name].help, f"--{option.name} lost its text for {source.kind}"
            assert option.type is by_name[option.name].type


def test_an_option_of_three_sources_says_what_it_means_for_each() -> None:
    by_name = {option.name: option for option in source_options()}
    size, group = by_name["size"], by_name["group"]
    assert size.group == "Images"
    assert size.help.startswith("Images: Side of the images in pixels, or WIDTHxHEIGHT, as the net sees them")
    assert " Segmentation: Longer side of the images" in size.help
    assert " Restoration: Side in pixels, or WIDTHxHEIGHT, of the middle" in size.help
    assert "'{group}/*'" in group.help
    assert "such as customer" in group.help
    assert by_name["target"].help.startswith("The column to predict"), "one text for tables and ratings alike"


def test_options_are_merged_to_the_widest_range() -> None:
    merged = merge([LENGTH, SIZE])
    assert (merged.low, merged.high, merged.group) == (1, 512, "Data")
    assert merged.help == "Data: Seconds of a recording. Images: Side in pixels."
    assert merge([SIZE, SIZE]) == SIZE
    free = replace(LENGTH, high=None)
    assert merge([free, SIZE]).high is None
    modes = [
        Option("mode", str, f"{name}.", "Data", choices=choices) for name, choices in (("A", ("x",)), ("B", ("y",)))
    ]
    assert merge(modes).choices == ("x", "y")
    assert merge([*modes, Option("mode", str, "C.", "Data")]).choices == ()


def test_one_name_with_two_types_is_a_mistake_of_the_source() -> None:
    with pytest.raises(TypeError, match="--size with different types"):
        merge([SIZE, replace(SIZE, type=str)])
