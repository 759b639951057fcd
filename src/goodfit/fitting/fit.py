"""From data to a model that can be trusted: the whole way, in the order in which it happens."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import torch
from torch import Tensor

from goodfit.checks.rule import DataRule, EndRule, live_rules
from goodfit.checks.watch import watch
from goodfit.data import open_data, source_options
from goodfit.data.cache_folder import cache_folder
from goodfit.data.fingerprint import fingerprint
from goodfit.data.given_apart import together
from goodfit.errors import UsageError
from goodfit.fitting.beside import Beside
from goodfit.fitting.blending import blend, process_of_rivals, seconds_of_rivals, teach, threads_of_rivals
from goodfit.fitting.console import Console
from goodfit.fitting.folder import choose_folder
from goodfit.fitting.frozen import frozen_epoch, has_frozen_start, say_what_fine_tuning_gave
from goodfit.fitting.hyperparameters import choose_hyperparameters
from goodfit.fitting.image_rival import beside_image_rival, seconds_of_image_rival
from goodfit.fitting.journal import Journal
from goodfit.fitting.keywords import FitKeywords
from goodfit.fitting.more import earlier_looks, find_more, take_place
from goodfit.fitting.net import Net, make_net, with_feature_net, wrong_widths_named
from goodfit.fitting.notebook_console import NotebookConsole, in_notebook
from goodfit.fitting.options import FitOptions, fit_options, split_options
from goodfit.fitting.pretrained import photo_net
from goodfit.fitting.problem import Problem, check_problem, make_problem
from goodfit.fitting.processes import help_first, join_team
from goodfit.fitting.resizing import say_what_is_cut_off
from goodfit.fitting.resume import (
    Started,
    read_last_checkpoint,
    refuse_other_options,
    refuse_other_source,
    write_checkpoint,
)
from goodfit.fitting.saving import finish, make_record, save_run
from goodfit.fitting.scoring import score
from goodfit.fitting.spread import SECONDS_OF_SPREAD, with_spread
from goodfit.fitting.training import Budget, begin, fit_schedule, go_on, seconds_left
from goodfit.record import read_record
from goodfit.run import Run, load
from goodfit.store.files import write_pieces
from goodfit.store.run_folder import CHECKPOINT, REPORT, SPLIT
from goodfit.train.device import choose_device, cpu_threads, environment
from goodfit.train.loop import Training
from goodfit.train.memory import keep_freed_memory
from goodfit.train.session import Epoch, Interrupted, run_session

OPTION = inspect.Parameter.KEYWORD_ONLY

_ONE_FIT = threading.RLock()  # a fit of another thread waits, for else both draw from one random stream


def fit(
    data: Any,
    y: Any = None,
    *,
    model: Any = None,
    params: list[Tensor] | None = None,
    valid: Any = None,
    test: Any = None,
    kind: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    more: int | None = None,
    cache: str | Path | None = None,
    quiet: bool | None = None,
    verbose: bool = False,
    console: Console | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    **options: Unpack[FitKeywords],
) -> Run:
    """Fit a model: read, split, choose, train, judge, save.

    Args:
        data: a path (class folders of images, a table, a .npz, ...), a frame, arrays, or an opened source such as
            `goodfit.images(...)`.
        y: the targets, where they are not among the data: fit(frame, y), (x, y) or (texts, labels); or the name of the
            column of a table that is predicted.
        model: your own net instead of an architecture: an `nn.Module`, a plain function of the mini-batch (with
            `params`), or "train.py:net". It takes the mini-batch (N, ...) and nothing else, and gives (N, outputs).
        params: the leaf tensors that a plain function uses; they are fitted in place.
        valid, test: data of these parts, where they are separate.
        kind: what the data is, such as "table" or "images"; detected when None.
        out: the run folder; runs/NAME of the data's name when None.
        resume: go on with a stopped run of this data, to the same result bit for bit as if it had never been stopped.
        more: train a finished run of this data on for so many epochs: the one in `out`, or the last of this name. It
            stays beside the longer one, as NAME-before; options are those that it was fitted with.
        cache: where decoded images are kept.
        quiet: show no progress; when None, it is shown in a notebook, and nowhere else.
        verbose: show more: the machine, what each part of the work took, rate, speed and memory of each epoch.
        console: where progress goes; made from `quiet` and `verbose` when None.
        on_epoch: called with each epoch as it ends, for loggers. What it raises ends the fit; `resume` goes on.

    Returns:
        The run, with the model of the best epoch.

    Raises:
        GoodfitError: something is wrong with what was given: what, where, and how to fix it.
        KeyboardInterrupt: stopped by Ctrl-C; the checkpoint is kept, `resume=True` goes on.
    """
    began = time.monotonic()
    asked, source_options = split_options(options)
    given = together(data, y, valid, test, source_options)
    data, valid, test, source_options = given.data, given.valid, given.test, given.options
    device, why = choose_device(asked.device)
    team = join_team(device)
    device = team.device
    if not team.is_first:
        with _seeded(asked.seed, device), cpu_threads(1 if asked.exact else None):
            place = cache_folder(Path(cache) if cache else None)
            opened = partial(open_data, data, valid=valid, test=test, kind=kind, cache=place, **source_options)
            return help_first(team, opened, asked, model, params, place)
    cache_given = Path(cache) if cache is not None else None
    source = open_data(data, valid=valid, test=test, kind=kind, cache=cache_given, **source_options)
    longer = None if more is None else find_more(source.name or "run", out, more, resume=resume)
    if longer is not None:
        refuse_other_source(longer.record, source, source_options, longer.base)
    folder = team.folder_before_restart(longer)  # asked first: what is in it is no reason to refuse it
    if folder is None:
        folder = choose_folder(source.name or "run", out, resume=resume) if longer is None else longer.folder
    journal = Journal(console or console_for(quiet, verbose=verbose), folder.path, on_epoch)
    if longer is not None and longer.stands:
        with folder.claimed():  # nobody else is at it, and the lock of the fit that was killed goes
            team.keep(folder, longer)
        run = load(take_place(folder.path, longer.base, journal), model=model, params=params, device=asked.device)
        finish(run)
        team.begin(run.folder)
        return run
    if folder.finished:
        before = read_record(folder.path)
        refuse_other_source(before, source, source_options, folder.path)
        refuse_other_options(before.options, asked, folder.path, trained=len(before.history))
        journal.say(f"{folder.path} is finished already")
        run = load(folder.path, model=model, params=params, device=asked.device)
        if folder.killed_at_the_end:
            with folder.claimed():
                finish(run)
        team.begin(folder.path)
        return run
    if resume and folder.checkpoint is None:
        journal.say(f"nothing to resume in {folder.path.parent if out is None else folder.path}: starting")
    cache_place = cache_folder(cache_given)
    if verbose:
        for name, value in environment(device).items():
            journal.console.detail(name, str(value))
    journal.choose("device", device.type, why)
    checkpoint = read_last_checkpoint(folder.checkpoint, journal) if folder.checkpoint is not None else None
    if checkpoint is not None:
        asked = checkpoint.options_now(asked, more)
    elif longer is not None:
        asked = longer.options(asked)
    begun = checkpoint.started if checkpoint is not None else None if longer is None else longer.started
    base = folder.path.with_name(begun.base) if begun is not None and begun.base is not None else None
    with ExitStack() as held, _seeded(asked.seed, device):
        held.enter_context(cpu_threads(1 if asked.exact else None))
        threads = torch.get_num_threads()
        if checkpoint is not None:
            held.enter_context(folder.claimed())
            team.keep(folder, longer)
        if model is not None:
            held.enter_context(wrong_widths_named(source))
        if begun is not None:
            source.go_on_as(begun.net.in_shape, begun.resize)
            if checkpoint is not None:
                source.keep_order(begun.block)
        elif (photos := photo_net(asked, own_net=model is not None)) is not None:
            source.expect(photos)
        source.expect_task(asked.task or (None if longer is None else str(longer.record.task["name"])))
        with journal.progress("reading") as progress:
            source.prepare(accelerator=device.type != "cpu", cache=cache_place, progress=progress)
        rows = fingerprint(source)
        if checkpoint is not None:
            checkpoint.refuse_other_data(rows)
        problem = make_problem(source, asked, journal, device=device, own_net=model is not None, started=begun)
        shares = model is None and device.type == "cpu" and not team.processes.several  # other nets take all cores
        threads_beside = threads_of_rivals(problem, asked, threads if shares else 1)
        of_rivals = held.enter_context(process_of_rivals(problem, threads_beside))
        problem = with_feature_net(problem, asked, device)
        journal.note(check_problem(problem))
        net = make_net(problem, asked, device, journal, model, params, begun)
        if checkpoint is not None:
            training, created = go_on(problem, net, checkpoint, device, journal), checkpoint.started.created
        elif longer is not None:
            training = longer.begin(problem, net, device, journal, model, params)
            created = datetime.now(UTC).isoformat(timespec="seconds")
            held.enter_context(folder.claimed())
            team.keep(folder, longer)
            journal.write_history(training)
        else:
            training = begin(problem, net, choose_hyperparameters(problem, net, asked, device, journal, threads_beside))
            created = datetime.now(UTC).isoformat(timespec="seconds")
            held.enter_context(folder.claimed())
            team.keep(folder, longer)
            if has_frozen_start(net, training):
                problem = frozen_epoch(problem, net, training, cache_place, journal)
            else:
                say_what_is_cut_off(problem.source, journal)
        budget = _budget(of_rivals, problem, net, training, asked, began)
        if budget is not None and begun is None:
            with cpu_threads(1 if asked.exact else training.hyper.threads):  # steps are timed as they will be made
                fit_schedule(training, budget, journal)
        normalise = training.feed.normalise
        started = Started(
            options=asked.to_json(),
            data=rows,
            net=net.record,
            pretrained=net.pretrained,
            resize=next(iter(problem.source.resizes), None),
            block=problem.source.block,
            normalise=normalise.to_json() if normalise is not None else None,
            hyper=training.hyper,
            choices=journal.choices,
            created=created,
            analyses=journal.analyses,
            base=None if base is None else base.name,
            more=more if checkpoint is None else checkpoint.started.more,
        )

        def save(training: Training) -> None:
            write_checkpoint(folder.path / CHECKPOINT, started, training)

        if checkpoint is None:
            save(training)
        held.enter_context(cpu_threads(1 if asked.exact else training.hyper.threads))
        write_pieces(folder.path / SPLIT, problem.split.to_csv(source.names()))
        team.begin(folder.path, problem.source)
        team.train(training, asked, journal)
        limit = None if budget is None else budget.for_rivals(training)
        beside = teach(of_rivals, problem, training, asked, limit)
        try:
            with _rules_of_check(training) as seen:
                run_session(training, save, journal, seconds_left(budget))
        except Interrupted:
            journal.console.stop()
            again = "the same command" + ("" if base is not None else " and --resume")
            journal.say(f"stopped; go on with {again} (checkpoint in {folder.path})")
            raise KeyboardInterrupt from None
        journal.console.stop()
        journal.note(seen.findings if seen is not None else [])
        if has_frozen_start(net, training):
            say_what_fine_tuning_gave(training, journal)
        known = team.scores(training, problem)
        limit = None if budget is None else budget.for_rivals(training)
        finished = blend(training, problem, net, asked, journal, known, beside, limit)
        finished = beside_image_rival(finished, training, problem, net, asked, journal, limit)
        if asked.interval:
            limit = None if budget is None else budget.for_spread(training)
            finished = with_spread(finished, training, problem, net, journal, asked, limit)
        earlier = None if base is None else earlier_looks(base)
        with journal.progress("scores and explanations"):
            scored = score(
                training, finished, problem,
                interval=asked.interval, seed=asked.seed, known=known, looks=earlier, minutes=asked.minutes,
                threads=1 if asked.exact else max(1, threads // torch.get_num_threads()),
            )  # fmt: skip
        journal.note(scored.findings)
        record = make_record(
            problem, finished, asked, training, scored, journal, created=created, seconds=time.monotonic() - began
        )
        run = save_run(folder.path, record, problem, training, finished, scored, looks=earlier)
    if base is not None:
        run.folder = take_place(folder.path, base, journal)
        finish(run)  # the page names its folder
    team.end(run.folder)
    if quiet is None and console is None:
        journal.say(f"\nVerdict: {run.verdict}. {record.sentences[0]}\nReport: {run.folder / REPORT}")
    return run


def console_for(quiet: bool | None, *, verbose: bool = False) -> Console:
    """Where progress is shown: None is a notebook, or, where nothing more is asked for, nowhere.

    Raises:
        UsageError: both quiet and verbose.
    """
    if quiet and verbose:
        raise UsageError("--quiet and --verbose were both given", fix="Give one of them")
    if quiet is not True and in_notebook():
        return NotebookConsole(verbose=verbose)
    return Console(quiet=quiet is not False and not verbose, verbose=verbose)


@contextmanager
def _seeded(seed: int, device: torch.device) -> Iterator[None]:
    """torch's random streams from the seed; afterwards they are as before. They are those of all threads: one fits."""
    if device.type == "cpu":
        keep_freed_memory()
    with _ONE_FIT, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def _budget(
    of_rivals: Beside | None, problem: Problem, net: Net, training: Training, asked: FitOptions, began: float
) -> Budget | None:
    """The time budget, where one was asked for."""
    if asked.minutes is None:
        return None
    rivals = seconds_of_rivals(of_rivals, problem, training, asked)
    rivals += seconds_of_image_rival(problem, net, asked)
    spread = SECONDS_OF_SPREAD if asked.interval and training.task.accepts_spread else 0.0
    return Budget(asked.minutes, began, len(problem.split.rows("test")), rivals, spread)


def _rules_of_check(training: Training) -> AbstractContextManager[watch | None]:
    """The rules that watch every fit; of a sharded net none, since they look at the tensors of one process."""
    return nullcontext() if training.sharding is not None else watch(quiet=True, ignore=judged_otherwise())


def judged_otherwise() -> list[str]:
    """Rules about any program that judge a fit by its data, or at its end, where more is known."""
    return [rule.name for rule in live_rules() if issubclass(rule, DataRule | EndRule)]


def _spelt_out() -> None:
    """Give `fit` a signature and a docstring that list every option: `help(goodfit.fit)` shows them."""
    declared = [*fit_options(), *source_options()]
    signature = inspect.signature(fit)
    parameters = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    types = FitKeywords.__annotations__
    defaults = FitOptions().to_json()
    for option in declared:
        default, annotation = defaults.get(option.name), types.get(option.name, Any)
        parameters.append(inspect.Parameter(option.name, OPTION, default=default, annotation=annotation))
    vars(fit)["__signature__"] = signature.replace(parameters=parameters)
    lines = "\n".join(f"        {option.name}: {option.help}" for option in declared)
    fit.__doc__ = (fit.__doc__ or "").replace("\n\n    Returns:", f"\n{lines}\n\n    Returns:", 1)


_spelt_out()
