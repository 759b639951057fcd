"""`goodfit explain`: what a finding, a metric, an option or a verdict means, by whatever name comes to mind."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from goodfit.formatting import listed, nearest, number
from goodfit.options import Option

if TYPE_CHECKING:
    from goodfit.tasks.metric import Metric

Page = Callable[[], str]
WIDTH = 120  # letters of a line, as rules' pages have it


@click.command(context_settings={"ignore_unknown_options": True})  # an option may be asked for as it is written
@click.argument("words", metavar="[NAME]", nargs=-1)
def explain(words: tuple[str, ...]) -> None:
    """Explain a rule, a metric, an option or a verdict. Without a name, list all rules.

    Of a rule: what it checks, why the mistake hurts, and how to fix it. NAME may be of several words (good fit), and
    anything that a report says: log loss, --lr, baseline.
    """
    from goodfit.checks.rule import rules

    name = " ".join(words)
    if not name:
        click.echo("\n".join(f"{each.code}  {each.level.value:<8} {each.page.splitlines()[0]}" for each in rules()))
        return
    pages = _pages()
    wanted = _key(name)
    if wanted not in pages:
        raise click.UsageError(f"there is nothing called '{name}'. {_offer(wanted, pages)}")
    click.echo(_wrapped(pages[wanted]()))


def _wrapped(page: str) -> str:
    """Lines that are longer than a rule's page has them, in lines of that width."""
    lines = [[line] if len(line) <= WIDTH else textwrap.wrap(line, WIDTH) for line in page.splitlines()]
    return "\n".join(line for each in lines for line in each)


def _pages() -> Mapping[str, Page]:
    """Everything that can be explained, by its names as `_key` writes them; of two with one name, the rule."""
    from goodfit.analysis.verdict import BY_RULE, Verdict
    from goodfit.checks.rule import rules
    from goodfit.data.command_options import source_options
    from goodfit.fitting.options import fit_options
    from goodfit.tasks import known_tasks

    pages: dict[str, Page] = dict(_of_commands())
    for names, text in TERMS.items():
        pages |= dict.fromkeys((_key(each) for each in names), partial(str, f"{names[0]}: {text}"))
    for option in [*source_options(), *fit_options()]:
        pages[_key(option.name)] = partial(_of_option, option)
    for task in known_tasks().values():
        for metric in task.metric_list:
            for called in (metric.name, metric.title):
                pages[_key(called)] = partial(_of_metric, metric)
    by_name = {rule.name: rule for rule in rules()}
    for name, verdict in BY_RULE.items():
        page = f"{by_name[name].code} {by_name[name].page}"
        pages |= dict.fromkeys((_key(verdict.words), _key(verdict.code)), partial(str, page))
    for verdict, text in ((Verdict.GOOD_FIT, GOOD_FIT), (Verdict.NOT_TO_BE_TRUSTED, NOT_TRUSTED)):
        pages |= dict.fromkeys((_key(verdict.words), _key(verdict.code)), partial(str, text))
    for rule in rules():
        page = f"{rule.code} {rule.page}"
        pages |= dict.fromkeys((_key(rule.name), _key(rule.code)), partial(str, page))
    return pages


def _of_commands() -> Iterator[tuple[str, Page]]:
    """Of each command, and of its options that are declared nowhere else: --resume, --more, --json."""
    context = click.get_current_context().find_root()
    group = context.command
    if not isinstance(group, click.Group):
        return
    options: dict[str, list[tuple[str, click.Option]]] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        yield _key(name), partial(str, f"goodfit {name}: {command.get_short_help_str(200)}\n\ngoodfit {name} --help")
        load = getattr(command, "load", None)  # of a command that is imported when it is called
        for option in command.params if load is None else load().params:
            if isinstance(option, click.Option) and option.help:
                flag = max(option.opts, key=len)
                options.setdefault(_key(flag), []).append((name, option))
    for key, places in options.items():
        commands = listed(f"goodfit {name}" for name, _ in places)
        _, option = places[0]
        yield key, partial(str, f"{max(option.opts, key=len)}: an option of {commands}.\n\n{option.help}")


GOOD_FIT = """\
good fit: no rule has anything against this run.

It beats a constant prediction beyond doubt, does not lose on new rows what it gains on its training rows, and no simple
model does as well. How good it is says the score with its interval, on rows that it has not learnt from.
"""
NOT_TRUSTED = """\
not to be trusted: a rule found an error, so that the score may say nothing about new rows.

The findings of the run name it: rows that are in two parts, a column that gives the target away, and the like. Fix it
and fit again.
"""


TERMS = {  # names of a thing that reports speak of -> what it is
    ("baseline", "trivial predictor"): """what a prediction reaches that looks at nothing.

The most frequent class, the mean number, or the mean of each user and item, learnt from the training data alone. A
model that does no better has learnt nothing.""",
    ("95% interval", "interval", "confidence interval"): """where the true value of a metric lies, as far as is known.

Of 100 such intervals 95 hold it. The fewer the rows, the wider it is. Where those of two models overlap, goodfit
compare says whether they differ.""",
    ("expected calibration error", "ECE", "calibration", "reliability"): """how far confidence and truth lie apart.

Of predictions made with a confidence of 80%, 80% should be right; this is the mean distance. 0 is perfect. Of few rows
some of it is chance, and the report says how much.""",
    ("blend", "rivals"): """the net and simpler models together.

A linear model and boosted trees are fitted on the same rows. Where their weighted sum has the lower loss on rows that
none of them was trained on, the model is that sum. --rivals none leaves them out.""",
}


def _of_option(option: Option) -> str:
    """Name, values and text of an option of a fit."""
    values = ""
    if option.choices:
        values = f"One of {', '.join(option.choices)}."
    elif option.low is not None and option.high is not None:
        values = f"From {number(option.low)} to {number(option.high)}."
    lines = [f"{option.flag}: an option of goodfit fit, under {option.group}.", "", option.help]
    return "\n".join([*lines, *([values] if values else []), f"In Python: goodfit.fit(..., {option.name}=...)."])


def _of_metric(metric: Metric) -> str:
    """Name, direction, unit and meaning of a metric."""
    direction = "higher is better" if metric.higher_is_better else "lower is better"
    unit = f", in {metric.unit}" if metric.unit else ", a share of 1" if metric.share else ""
    return f"{metric.title}: a metric; {direction}{unit}.\n\n{metric.about}".rstrip()


def _offer(wanted: str, pages: Mapping[str, Page]) -> str:
    """What comes nearest to a name that is not known."""
    near = nearest(wanted, pages)
    return (
        f"Did you mean {listed(near, 'or')}?"
        if near
        else "goodfit explain lists the rules, goodfit fit --help the options."
    )


def _key(name: str) -> str:
    """A name as it is looked up: --label_smoothing as label-smoothing, GF202 as gf202."""
    return name.strip().lower().removeprefix("--").replace("_", "-").replace(" ", "-")
