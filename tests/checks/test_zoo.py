"""The zoo, a test a program: mistakes are found, correct programs are left alone, and watching changes no number.

One program a rule (the one with the mistake and its twin) and some correct ones are run by `make test`; the others are
marked `zoo`, for `make zoo`. Rules that read the source alone are asked about the text of every program, which takes
milliseconds where a run takes seconds. The programs and the list of known failures are in zoo/programs.py.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from command_process import small_processes
from manifest import LIST, manifest
from programs import KNOWN_FAILURES, Program, all_programs
from running import Outcome, Tool, goodfit_findings, judge, losses, rule_levels, serve
from sources import SOURCES
from zoo import describe, make_record

from goodfit.checks.engine.own_source import parsed
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.rule import live_rules, rules

Run = Callable[..., Outcome]
PROGRAMS = {program.name: program for program in all_programs()}
CORRECT = [program for program in PROGRAMS.values() if program.name.startswith("clean/")]
# Awkward in different ways: several nets or optimisers, closures, no loader, no labels, frozen parts, AMP, recurrence.
QUICK_CORRECT = (
    "clean/accumulation",
    "clean/amp_cpu_bf16",
    "clean/blind_curriculum_workers",
    "clean/ema_weights",
    "clean/frozen_bn_finetune",
    "clean/gan",
    "clean/held_out_pruning_masks",
    "clean/held_out_ctc",
    "clean/lbfgs",
    "clean/maml",
    "clean/ppo",
    "clean/sam",
    "clean/tbptt",
    "clean/tied_and_normed",
    "clean/validation_statistics_only",
)
# The shortest of their rules, and the longest to run: two to five seconds each, where another of the rule takes one.
LONG_TO_RUN = {
    "adapted-weights-unused/query_by_the_weights_of_before",
    "argument-without-effect/margin_of_triplets",
    "average-forgets/looked_at_in_the_end",
    "average-leaves-part-out/four_variables",
    "average-never-updated/queue_along_a_corridor",
    "average-stands-still/decay_of_one",
    "average-turned/states_by_key",
    "best-always-replaced/saved_if_lower",
    "branch-never-taken/rate_by_returns",
    "mask-inverted/hugging_face",
    "noise-drowned/incomes_in_euros",
    "one-position-for-all/rising_or_falling",
    "target-is-input/hugging_face_twice",
    "teacher-of-other-rows/features_of_a_pass",
    "temperature-on-some/exponentials_by_hand",
}
# Trained without a backward (by evolution, by torch.func): what is compared is the state of the generators.
WITHOUT_BACKWARD = {"clean/blind2_evolution_strategy", "clean/blind2_private_gradients", "clean/per_sample_gradients"}


# Rules whose findings depend on the text of a file alone; from there to a finding the way is the same for all.
READING = {
    rule.name: rule
    for rule in rules()
    if isinstance(rule, SourceRule) and rule.asks_the_file_alone and "on_end" not in vars(type(rule))
}
ALSO_RUN = ("average-turned", "divided-twice", "none-as-value")  # of these


def quick_names() -> set[str]:
    """The programs that `make test` runs: of every rule a short one that is judged rightly, and its twin."""
    name_by_rule: dict[str, str] = {}
    for program in sorted(PROGRAMS.values(), key=lambda program: (program.name in LONG_TO_RUN, len(program.source))):
        is_read = program.expected_rule in READING and program.expected_rule not in ALSO_RUN
        if program.expected_rule and program.name not in KNOWN_FAILURES and not is_read:
            name_by_rule.setdefault(program.expected_rule, program.name)
    return {*QUICK_CORRECT, *name_by_rule.values(), *(f"{name} (twin)" for name in name_by_rule.values())}


QUICK = quick_names()
# Rules that ask at the end: what they ask about is gone by then, where a function had it.
GONE_AT_THE_END = ("frozen-net-in-training-mode/teacher", "zero-for-ever/lora_both_zero")


def as_parameter(program: Program, *, expect_failure: bool) -> object:
    """The program as a parameter of a test; marked `zoo` outside the quick ones, and as known failure where it is."""
    marks = [] if program.name in QUICK else [pytest.mark.zoo]
    if expect_failure and program.name in KNOWN_FAILURES:
        marks.append(pytest.mark.xfail(raises=AssertionError, reason=KNOWN_FAILURES[program.name].reason))
    return pytest.param(program, id=program.name, marks=marks)


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Runs a program in a process of its own, forked from a small one; one program at a time."""
    context = small_processes()
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there,))
    server.start()
    there.close()

    def run(program: Program, tool: Tool = goodfit_findings) -> Outcome:
        here.send((program, tool))
        outcome: Outcome = here.recv()
        return outcome

    yield run
    here.close()
    server.join()


@pytest.mark.parametrize("program", [as_parameter(program, expect_failure=True) for program in PROGRAMS.values()])
def test_program(program: Program, run: Run, record_property: Callable[[str, object], None]) -> None:
    """The right rule speaks at its level of a mistake; nothing above a notice is said of a correct program."""
    outcome = run(program)
    record_property("zoo", make_record(program, outcome))
    result, known = judge(program, outcome), KNOWN_FAILURES.get(program.name)
    if known and result not in (program.right_result, known.result):
        pytest.fail(f"not the known failure ({known.result}): {describe(program, outcome, verbose=True)}")
    assert result == program.right_result, describe(program, outcome, verbose=True)


@pytest.mark.parametrize("part", range(4))
def test_rules_that_read_the_source_know_their_programs_and_leave_the_correct_ones_alone(part: int) -> None:
    silent, wrong = [], []
    for program in list(PROGRAMS.values())[part::4]:
        asked = READING.values() if program.expected_rule is None else [READING.get(program.expected_rule)]
        tree = parsed(program.source)
        for rule in filter(None, asked):
            found = rule.worth_parsing.search(program.source) and list(rule._places(tree))
            if program.expected_rule and not found and program.name not in KNOWN_FAILURES:
                silent.append(program.name)
            if program.expected_rule is None and found:
                wrong.append((rule.name, program.name))
    assert (silent, wrong) == ([], [])


@pytest.mark.parametrize("program", [as_parameter(program, expect_failure=False) for program in CORRECT])
def test_watching_changes_no_number(program: Program, run: Run) -> None:
    """Losses and the state of three generators, bit for bit."""
    bare = run(program, partial(losses, watch=False))
    watched = run(program, partial(losses, watch=True))
    assert (bare.crash, watched.crash) == (None, None)
    assert repr(watched.values) == repr(bare.values)
    assert len(bare.values) > 3 or program.name in WITHOUT_BACKWARD, "no loss was seen, so none was compared"


def in_a_function(program: Program) -> Program | None:
    """The program in a function, whose nets and optimisers are gone when it ends; None where it cannot be in one."""
    if re.search(r"^from __future__|__main__|import \*|\bglobal ", program.source, re.MULTILINE):
        return None
    body = textwrap.indent(program.source, "    ")
    return replace(program, source=f"def main():\n{body}\n\nmain()\nimport gc\ngc.collect()\n")


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(moved, id=moved.name, marks=[] if moved.name in GONE_AT_THE_END else [pytest.mark.zoo])
        for program in PROGRAMS.values()
        if program.expected_rule and program.name not in KNOWN_FAILURES and (moved := in_a_function(program))
    ],
)
def test_a_mistake_in_a_function_is_seen_as_well(program: Program, run: Run) -> None:
    outcome = run(program)
    assert judge(program, outcome) == program.right_result, describe(program, outcome, verbose=True)


def test_every_rule_has_a_program() -> None:
    covered = {program.expected_rule for program in PROGRAMS.values()}
    names = {rule.name for rule in rules() if type(rule) in live_rules()}
    assert names - covered == set()
    assert names - set(READING) <= {PROGRAMS[name].expected_rule for name in QUICK}, "each also has a quick one"


def test_there_are_many_programs_and_each_expects_a_rule_that_exists() -> None:
    mistakes = [program for program in PROGRAMS.values() if program.expected_rule]
    assert len(mistakes) >= 80
    assert len(CORRECT) >= 60
    assert {program.expected_rule for program in mistakes} <= set(rule_levels())


def test_lists_of_programs_name_programs() -> None:
    """A program that was renamed or removed leaves no line behind."""
    assert {*KNOWN_FAILURES, *QUICK_CORRECT, *LONG_TO_RUN, *WITHOUT_BACKWARD} <= set(PROGRAMS)
    assert {known.result for known in KNOWN_FAILURES.values()} <= {"miss", "wrong rule", "warning"}
    assert all(known.reason for known in KNOWN_FAILURES.values())


def test_the_manifest_is_current_and_sources_name_programs_or_rules() -> None:
    assert LIST.read_text(encoding="utf-8") == manifest(), "write it again: python zoo/manifest.py"
    assert set(SOURCES) <= {*PROGRAMS, *rule_levels()}
