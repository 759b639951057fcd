"""The zoo holds: what is to be found is found, what is right is left alone, and watching changes no number."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from goodfit.checks.rule import live_rules, rules

sys.path.insert(0, str(Path(__file__).parents[2] / "zoo"))
import zoo

PROGRAMS = list(zoo.programs())


@pytest.fixture(scope="module")
def judged() -> dict[str, str]:
    """The result of every program, by name."""
    zoo.ready()
    with ThreadPoolExecutor(max_workers=2) as pool:
        told = list(pool.map(zoo.run, PROGRAMS))
    return {
        program.name: f"fault: {fault}" if fault else zoo.judge(program, found)
        for program, (found, fault, _) in zip(PROGRAMS, told, strict=True)
    }


def test_mistakes_are_found_with_the_right_rule_at_its_level(judged: dict[str, str]) -> None:
    results = {each.name: judged[each.name] for each in PROGRAMS if each.expected}
    missed = {name: result for name, result in results.items() if result != "hit"}
    assert len(results) >= 80
    assert len(missed) <= 0.05 * len(results), missed


def test_correct_programs_are_left_alone(judged: dict[str, str]) -> None:
    results = {each.name: judged[each.name] for each in PROGRAMS if not each.expected}
    assert sum(each.name.startswith("clean/") for each in PROGRAMS) >= 60
    assert {name: result for name, result in results.items() if result not in ("quiet", "warning")} == {}
    assert sum(result == "warning" for result in results.values()) <= 0.05 * len(results)


def test_every_rule_has_a_program() -> None:
    covered = {program.expected for program in PROGRAMS}
    names = {rule.name for rule in rules() if type(rule) in live_rules()}
    assert names - covered == set()


def test_watching_changes_no_number() -> None:
    """Losses and the state of three generators, bit for bit, over all correct programs."""
    zoo.ready()
    clean = [program for program in PROGRAMS if program.name.startswith("clean/")]
    with ThreadPoolExecutor(max_workers=2) as pool:
        bare = list(pool.map(partial(zoo.run, tool=partial(zoo.losses, watch=False)), clean))
        watched = list(pool.map(partial(zoo.run, tool=partial(zoo.losses, watch=True)), clean))
    different = [
        program.name
        for program, (one, fault, _), (other, other_fault, _) in zip(clean, bare, watched, strict=True)
        if repr(one) != repr(other) or fault or other_fault
    ]
    assert different == []
    assert sum(len(one) for one, _, _ in bare) > 1000
