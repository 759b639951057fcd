"""The examples of README.md and docs/ are run, so that they stay true.

A block is run when an HTML comment, which readers do not see, stands on the line above it:

    <!-- tested -->                 the block below is run and must succeed
    <!-- tested, exit 1 -->         every command of the block must end with this status
    <!-- tested, file train.py -->  the block is written to this file, for the commands that follow

A `python` block is executed in a fresh namespace. Of a `console` block each line that starts with `$ goodfit` is run by
the command in a process of its own, of a `sh` block each line; what a console block shows as output is for the reader
and is not compared.
The blocks of one document run one after the other in one temporary folder, which holds `photos/` (class folders
`circle`, `cross` and `square`), `held_out/` (more of them) and `new/` (images without a class), all drawn below.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from command_process import goodfit_process

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "docs" / "lessons"  # run as notebooks are, by test_lessons.py
DOCUMENTS = [
    path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if LESSONS not in path.parents
]
MARK = re.compile(r"^\s*<!--\s*tested(?:,\s*(?:exit (?P<status>\d+)|file (?P<file>[\w.]+)))?\s*-->\s*$")
FENCE = re.compile(r"^\s*```(?P<language>\w*)\s*$")


class Block(NamedTuple):
    """A block to run; `line` is the number of its first line in the document."""

    language: str
    lines: list[str]
    line: int
    status: int = 0
    file: str | None = None


def marked_blocks(text: str) -> list[Block]:
    """The marked blocks of a document. ValueError for a mark that is misspelt or has no block below it."""
    blocks, lines, at = [], text.splitlines(), 0
    while at < len(lines):
        if re.match(r"\s*<!--\s*tested\b", lines[at]):
            mark = MARK.match(lines[at])
            if mark is None:
                raise ValueError(f"line {at + 1}: not a mark that is known: {lines[at].strip()}")
            fence = FENCE.match(lines[at + 1]) if at + 1 < len(lines) else None
            ends = [n for n in range(at + 2, len(lines)) if lines[n].strip() == "```"]
            if fence is None or not ends:
                raise ValueError(f"line {at + 1}: no block of code below this mark")
            inside = lines[at + 2 : ends[0]]
            blocks.append(Block(fence["language"], inside, at + 3, int(mark["status"] or 0), mark["file"]))
            at = ends[0]
        at += 1
    return blocks


def commands(block: Block) -> list[str]:
    """The commands of a console or sh block, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line.strip() for line in block.lines))
    if block.language == "console":
        return [line[2:] for line in joined.splitlines() if line.startswith("$ ")]
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def run_command(command: str, status: int, where: str) -> None:
    """Run `goodfit ...` as a user does; it must end with `status`."""
    words = shlex.split(command, comments=True)
    assert words[0] == "goodfit", f"{where}: a tested block holds goodfit commands only, not `{command}`"
    assert not {"|", ">", "&&", ";"} & set(words), (
        f"{where}: no shell runs this, so no pipes or redirections: `{command}`"
    )
    result = goodfit_process(*words[1:])
    output = result.stdout[-2000:] + result.stderr[-4000:]
    assert result.returncode == status, f"{where}: `{command}` ended with {result.returncode}, not {status}\n{output}"


def run_block(block: Block, document: Path) -> None:
    where = f"{document.name}:{block.line}"
    if block.file is not None:
        Path(block.file).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
    elif block.language == "python":
        source = "\n" * (block.line - 1) + "\n".join(block.lines)  # a traceback names the line of the document
        exec(compile(source, str(document), "exec"), {"__name__": "__example__"})
    elif block.language in ("console", "sh"):
        found = commands(block)
        assert found, f"{where}: this block has no command to run"
        for command in found:
            run_command(command, block.status, where)
    else:
        pytest.fail(f"{where}: cannot run a block of '{block.language}'")


def draw(shape: str, generator: np.random.Generator) -> np.ndarray:
    """(28, 28) uint8: a circle, cross or square of random place, size and grey on noise."""
    across, down = np.meshgrid(np.arange(28), np.arange(28))
    x, y, size = generator.integers(9, 19), generator.integers(9, 19), generator.integers(5, 9)
    dx, dy = np.abs(across - x), np.abs(down - y)
    inside: np.ndarray = {
        "circle": dx**2 + dy**2 <= size**2,
        "cross": (np.minimum(dx, dy) <= 1) & (np.maximum(dx, dy) <= size),
        "square": np.maximum(dx, dy) <= size,
    }[shape]
    return (generator.integers(0, 60, (28, 28)) + inside * generator.integers(120, 190)).astype(np.uint8)


def write_tables(folder: Path, generator: np.random.Generator) -> None:
    """people.csv (age, town, income) and stars.csv (who, film, stars)."""
    people = ["age,town,income"]
    for age, town in zip(generator.integers(18, 80, 100), generator.choice(["Bern", "Ulm"], 100), strict=True):
        people.append(f"{age},{town},{'high' if age + 20 * (town == 'Bern') > 55 else 'low'}")
    (folder / "people.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    stars = ["who,film,stars"]
    for pair in generator.permutation(30 * 20)[:300].tolist():
        stars.append(f"u{pair // 20},f{pair % 20},{1 + (pair // 20 + pair % 20) % 5}")
    (folder / "stars.csv").write_text("\n".join(stars) + "\n", encoding="utf-8")


def write_notes(folder: Path, generator: np.random.Generator) -> None:
    """notes.csv (text, kind), the same texts as files in folders of notes/, and new_notes/."""
    words = {"complaint": ["late", "broken", "again", "rude"], "praise": ["thank", "quick", "friendly", "again"]}
    lines = ["text,kind"]
    for number in range(40):
        kind = ("complaint", "praise")[number % 2]
        text = f"the parcel of day {number} was " + " ".join(generator.choice(words[kind], 3).tolist())
        lines.append(f"{text},{kind}")
        for place in (folder / "notes" / kind, *([folder / "new_notes"] if number < 4 else [])):
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{number}.txt").write_text(text, encoding="utf-8")
    (folder / "notes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_scenes(folder: Path, generator: np.random.Generator) -> None:
    """street/images with masks of the same names, street/new without, and clean/: the drawings above, larger."""
    from PIL import Image

    for number in range(14):
        image = draw("square", generator).repeat(2, 0).repeat(2, 1)
        for place, values in (("street/images", image), ("street/masks", image > 100), ("clean", image)):
            (folder / place).mkdir(parents=True, exist_ok=True)
            Image.fromarray(values.astype(np.uint8)).save(folder / place / f"{number:02d}.png")
    (folder / "street" / "new").mkdir()
    Image.fromarray(draw("square", generator)).save(folder / "street" / "new" / "a.png")


@pytest.fixture
def example_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the examples run in, as the current one."""
    from PIL import Image

    generator = np.random.default_rng(0)
    for shape in ("circle", "cross", "square"):
        places = ((12, tmp_path / "photos" / shape), (3, tmp_path / "held_out" / shape), (2, tmp_path / "new"))
        for count, folder in places:
            folder.mkdir(parents=True, exist_ok=True)
            for n in range(count):
                name = f"{n:02d}.png" if folder.name == shape else f"{shape}-{n}.png"
                Image.fromarray(draw(shape, generator)).save(folder / name)
    write_tables(tmp_path, generator)
    write_notes(tmp_path, np.random.default_rng(1))
    write_scenes(tmp_path, generator)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS if "<!-- tested" in path.read_text(encoding="utf-8")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
@pytest.mark.usefixtures("example_folder")
def test_the_examples_of_a_document_run(document: Path) -> None:
    for block in marked_blocks(document.read_text(encoding="utf-8")):
        run_block(block, document)


def test_marked_blocks_are_found_with_their_lines_and_status() -> None:
    text = (
        "# Title\n<!-- tested -->\n```python\nx = 1\n```\nprose\n```python\nnot_run()\n```\n"
        "<!-- tested, exit 2 -->\n```console\n$ goodfit fit \\\n    nowhere/\nno such folder\n```\n"
        "<!-- tested, file train.py -->\n```python\nnet = None\n```\n"
    )
    first, second, third = marked_blocks(text)
    assert (first.language, first.lines, first.line, first.status) == ("python", ["x = 1"], 4, 0)
    assert (second.status, commands(second)) == (2, ["goodfit fit nowhere/"])
    assert (third.file, third.lines) == ("train.py", ["net = None"])


@pytest.mark.parametrize(
    "text", ["<!-- tested, often -->\n```sh\ngoodfit\n```", "<!-- tested -->\nprose", "<!-- tested -->"]
)
def test_a_mark_that_would_test_nothing_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        marked_blocks(text)


@pytest.mark.usefixtures("example_folder")
def test_a_broken_example_is_seen_with_its_line() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_block(Block("python", ["x = 1", "x / 0"], 7), Path("guide.md"))
    assert caught.traceback[-1].lineno == 7  # counted from 0: line 8 of the document
    with pytest.raises(AssertionError, match=r"guide\.md:7: .*pip install"):
        run_block(Block("console", ["$ pip install goodfit"], 7), Path("guide.md"))


def test_the_examples_have_images_of_every_class_to_learn_from(example_folder: Path) -> None:
    counts = {folder.name: len(list(folder.iterdir())) for folder in (example_folder / "photos").iterdir()}
    assert counts == {"circle": 12, "cross": 12, "square": 12}
    assert len(list((example_folder / "new").iterdir())) == 6


def test_the_installed_script_runs_from_data_to_predictions(example_folder: Path) -> None:
    """As a user starts it, by a new interpreter; the examples above share one that has imported torch."""
    beside = Path(sys.executable).with_name("goodfit")
    program = [str(beside)] if beside.exists() else [sys.executable, "-m", "goodfit"]
    for arguments in (
        [
            "fit",
            "photos",
            "--epochs",
            "1",
            "--folds",
            "1",
            "--width",
            "4",
            "--rivals",
            "none",
            "--out",
            "run",
            "--quiet",
        ],
        ["predict", "run", "new", "-o", "predicted.csv"],
    ):
        subprocess.run([*program, *arguments], check=True, capture_output=True, timeout=300)
    assert len((example_folder / "predicted.csv").read_text(encoding="utf-8").splitlines()) == 1 + 6
