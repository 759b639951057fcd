"""`goodfit explain`: what a finding, a metric, an option or a verdict means, by whatever name comes to mind."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from goodfit.cli.explain_methods import METHODS
from goodfit.cli.explain_terms import TERMS
from goodfit.cli.other_names import OTHER_NAMES
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
    called = _found(f"--{wanted}" if name.startswith("--") else wanted, pages) or _found(wanted, pages)
    if called is None:
        raise click.UsageError(f"there is nothing called '{name}'. {_offer(wanted, pages)}")
    click.echo(_wrapped(pages[called]()))


def _wrapped(page: str) -> str:
    """Lines that are longer than a rule's page has them, in lines of that width."""
    lines = [[line] if len(line) <= WIDTH else textwrap.wrap(line, WIDTH) for line in page.splitlines()]
    return "\n".join(line for each in lines for line in each)


def _found(wanted: str, pages: Mapping[str, Page]) -> str | None:
    """The name of a page for what was asked: itself, or the only thing that the writer can have meant.

    Hyphens, American spelling, @ and a plural make no difference: over-fitting, optimizer, ndcg@10, epochs.
    """
    if wanted in pages:
        return wanted
    squeezed = {_squeezed(name): name for name in reversed(list(pages))}
    for called in (_squeezed(wanted), _squeezed(wanted).removesuffix("s"), _squeezed(wanted) + "s"):
        if called in squeezed:
            return squeezed[called]
    return None


def _squeezed(name: str) -> str:
    """A name without what people write in more than one way; a flag stays apart from the thing of its name."""
    respelled = name.replace("@", "at").replace("iz", "is").replace("color", "colour")
    return name[: 2 * name.startswith("--")] + "".join(letter for letter in respelled if letter.isalnum())


def _pages() -> Mapping[str, Page]:
    """Everything that can be explained, by its names as `_key` writes them.

    Of several things with one name it is the rule, else all of them: precision is a metric, and an option of two
    commands. With its hyphens, --precision, it is the option alone.
    """
    from goodfit.analysis.verdict import BY_RULE, Verdict
    from goodfit.checks.rule import rules
    from goodfit.data.command_options import source_options
    from goodfit.fitting.options import fit_options
    from goodfit.tasks import known_tasks
    from goodfit.tasks.metric import IMAGE_IOU

    options = dict(_of_options([*source_options(), *fit_options()]))
    pages: dict[str, Page] = dict(_of_commands())
    pages |= {f"--{key}": page for key, page in options.items()}
    pages |= {key: page for key, page in options.items() if key not in pages}
    pages |= dict(_of_nets())
    for names, text in {**TERMS, **METHODS}.items():
        for key in map(_key, names):
            about = partial(str, f"{names[0]}: {text}")
            pages[key] = partial(_together, about, pages[key]) if key in pages else about
    for metric in (IMAGE_IOU, *(metric for task in known_tasks().values() for metric in task.metric_list)):
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
    for name, others in OTHER_NAMES.items():
        for other in map(_key, others):
            pages.setdefault(other, pages[name if name.startswith("--") else _key(name)])
    return pages


def _together(first: Page, second: Page) -> str:
    return f"{first()}\n\n{second()}"


def _of_nets() -> Iterator[tuple[str, Page]]:
    """Of each architecture, and of each family of several: resnet18, and resnet."""
    from goodfit.nets.describe import families

    for family, (about, members) in families().items():
        for name in dict.fromkeys([family, *members]):
            chosen = name if name in members else members[0]
            several = f" goodfit has {listed(members)}." if [name] != members else ""
            text = (
                f"{name}: an architecture. {about}{several}\n\n"
                f"goodfit fit DATA --arch {chosen} chooses it; where you do not, goodfit chooses one by the data and "
                "prints why. goodfit nets lists all, and the layers of one for images."
            )
            yield _key(name), partial(str, text)


def _of_commands() -> Iterator[tuple[str, Page]]:
    """Of each command."""
    for name, command in _commands():
        yield _key(name), partial(str, f"goodfit {name}: {command.get_short_help_str(200)}\n\ngoodfit {name} --help")


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.get_current_context().find_root()
    group = context.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield name, command


def _of_options(declared: Sequence[Option]) -> Iterator[tuple[str, Page]]:
    """Of each option, whatever it means in each command.

    Args:
        declared: the options of a fit, of which more is known.
    """
    of_fit = {_key(option.name): option for option in declared}
    meanings: dict[str, dict[str, list[str]]] = {}  # key -> text -> commands
    flags: dict[str, str] = {}
    shorter: dict[str, str] = {}  # -v -> verbose
    for name, command in _commands():
        load = getattr(command, "load", None)  # of a command that is imported when it is called
        for option in command.params if load is None else load().params:
            if isinstance(option, click.Option) and option.help:
                flag = max(option.opts, key=len)
                key = _key(flag.lstrip("-"))
                flags[key] = flag
                shorter |= {_key(each): key for each in option.opts if each != flag}
                if name != "fit" or key not in of_fit:
                    meanings.setdefault(key, {}).setdefault(option.help, []).append(f"goodfit {name}")
    for key in sorted({*of_fit, *meanings}):
        pages = [_of_option(of_fit[key])] if key in of_fit else []
        pages += [
            f"{flags[key]}: an option of {listed(commands)}.\n\n{text}"
            for text, commands in meanings.get(key, {}).items()
            if key not in of_fit or text != of_fit[key].help
        ]
        joined = partial(str, "\n\n".join(pages))
        yield from ((name, joined) for name in (key, *(short for short, of in shorter.items() if of == key)))


GOOD_FIT = """\
good fit: no rule has anything against this run.

It beats a constant prediction beyond doubt, does not lose on new rows what it gains on its training rows, and a linear
model is not shown to do as well. Where another is said to be as good as far as these rows can tell, more rows would
settle it. How good it is says the score with its interval, on rows that it has not learnt from.
"""
NOT_TRUSTED = """\
not to be trusted: a rule found an error, so that the score may say nothing about new rows.

The findings of the run name it: rows that are in two parts, a column that gives the target away, and the like. Fix it
and fit again.
"""


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
    near = nearest(wanted, [name for name in pages if not name.startswith("--")])
    return (
        f"Did you mean {listed(near, 'or')}?"
        if near
        else "goodfit explain lists the rules, goodfit fit --help the options."
    )


def _key(name: str) -> str:
    """A name as it is looked up: --label_smoothing as label-smoothing, GF202 as gf202."""
    return name.strip().lower().removeprefix("--").replace("_", "-").replace(" ", "-")
