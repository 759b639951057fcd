"""The page: self-contained, escaped, small, and with the numbers of its facts."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from goodfit.analysis.headline import Headline, Standing
from goodfit.analysis.verdict import Verdict, tone_of
from goodfit.errors import DiskError
from goodfit.report.examples import Example
from goodfit.report.first_screen import Comparison, compared
from goodfit.report.page import render, write
from goodfit.report.page_data import PageData, WorstMistake
from goodfit.report.template import with_options
from goodfit.report.thumbnail import thumbnail_uri
from goodfit.stats.estimates import Estimate
from goodfit.tasks.class_sections import classes_section, confusion_section
from goodfit.tasks.metric import ACCURACY, LOG_LOSS, RMSE, Metric
from goodfit.tasks.section import Plot, Section

pytestmark = pytest.mark.plots

NASTY = '<script>alert("x")</script> & $\\frac{1}$'
VOID = {"meta", "img", "br", "wbr", "link", "input", "hr"}
CONFUSION = np.array([[90, 7, 3], [4, 95, 1], [20, 0, 80]])


class Page(HTMLParser):
    """Tags, ids, text by element id and data-metric cells of a page; complains when tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.cells: dict[str, str] = {}
        self.text = ""
        self._open: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        self.ids += filter(None, [named.get("id")])
        if tag not in VOID:
            self._open.append((tag, named.get("data-metric")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open and self._open[-1][1]:
            self.cells[self._open[-1][1]] = data


def class_sections(classes: tuple[str, ...], confusion: np.ndarray, counts: dict[str, list[int]]) -> list[Section]:
    per_class = [
        {"label": name, "precision": 0.5, "recall": 0.6217, "recall_low": 0.4, "recall_high": 0.7, "f1": 0.55,
         "support": 100}
        for name in classes
    ]  # fmt: skip
    return [*confusion_section(confusion, classes), classes_section(per_class, counts, classes)]


def classification(classes: tuple[str, ...] = ("cat", "dog", "cow"), **changes: object) -> PageData:
    history = [
        {"epoch": e, "train_loss": 1 / e, "valid_loss": 1.1 / e, "accuracy": 1 - 0.4 / e, "learning_rate": 0.003}
        for e in range(1, 6)
    ]
    facts = PageData(
        title="animals",
        run_name="animals-1",
        task="classification",
        verdict="good fit",
        verdict_sentences=["On 300 test rows the accuracy is 0.8833."],
        rows={"train": 12_345, "valid": 678, "test": 300, "unreadable": 2},
        metrics={
            "valid": {"accuracy": {"value": 0.8712, "low": 0.8431, "high": 0.8967}},
            "test": {
                "accuracy": {"value": 0.88333, "low": 0.8419, "high": 0.9150},
                "log_loss": {"value": 0.3127, "low": 0.2803, "high": 0.3451},
            },
        },
        baseline={"valid": {"accuracy": 0.3347}, "test": {"accuracy": 0.3333, "log_loss": 1.0986}},
        metric_list=(ACCURACY, LOG_LOSS),
        headline=Headline(
            "88% of 300 test images are right (84% to 92%); predicting the most frequent class gives 33%.",
            ACCURACY,
            [
                Standing("this model", Estimate(0.88333, 0.8419, 0.9150), "model"),
                Standing("a linear model", Estimate(0.7, 0.65, 0.75), "rival"),
                Standing("predicting the most frequent class", Estimate(0.3333, 0.3333, 0.3333), "trivial"),
            ],
            ["Add rows."],
        ),
        history=history,
        best_epoch=4,
        sections=class_sections(classes, CONFUSION, {"train": [50, 30, 20], "test": [100, 100, 100]}),
        example_words="The worst rows.",
        worst=[WorstMistake("a/7.png", classes[0], classes[1], 0.987, 4.321, np.zeros((28, 28, 1), np.uint8))],
        unreadable=[("a/8.png", "not an image")],
        choices=[("batch_size", "256", "it fits the memory")],
        findings=[
            {"rule": "class-imbalance", "code": "GF120", "level": "notice", "message": "few cows", "fix": "Add cows"},
            {"rule": "overfitting", "code": "GF410", "level": "warning", "message": "loss rose", "fix": "Add rows"},
        ],
        environment={"torch": "2.6.0"},
        commands=["goodfit predict runs/animals-1 new/ -o predictions.csv"],
        use=("Use it on new data", "goodfit predict runs/animals-1 NEW_DATA -o predictions.csv"),
        looks_at_test=1,
        created="2026-03-01T09:30:00+00:00",
        seconds=125.0,
    )  # fmt: skip
    return replace(facts, **changes)  # type: ignore[arg-type]  # the tests' own changes


def regression() -> PageData:
    truth = np.linspace(0, 10, 50)
    return PageData(
        title="houses",
        run_name="houses-1",
        task="regression",
        verdict="underfit",
        verdict_sentences=[],
        rows={"train": 100, "valid": 50},
        metrics={"valid": {"rmse": {"value": 1.25, "low": 1.0, "high": 1.5}}},
        metric_list=(RMSE,),
        sections=[Section("scatter", "Predictions", "", [Plot("scatter", (truth, truth + 1), "Predictions")])],
        worst=[WorstMistake("17", 3.5, 9.25, None, 33.06)],
        created="today",
        seconds=3,
    )


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render(classification()))


def test_nothing_on_the_page_is_fetched_from_elsewhere(page: Page) -> None:
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base"}, tag
        for name in ("src", "href", "xlink:href", "srcset", "action", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:image/png;base64,")), f"{tag} {name}={value}"
        assert "url(" not in (attributes.get("style") or "").replace("url(#", "")


def test_the_style_sheet_imports_and_loads_nothing() -> None:
    style = render(regression()).split("<style>")[1].split("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style
    assert "http" not in style


def test_every_id_is_there_once_and_every_link_inside_the_page_has_its_target(page: Page) -> None:
    twice = {name for name in page.ids if page.ids.count(name) > 1}
    assert not twice
    links = [value[1:] for _, named in page.tags if (value := named.get("href")) and value.startswith("#")]
    everywhere = set(page.ids) | {str(named["id"]) for _, named in page.tags if named.get("id")}
    assert {"metrics", "curves", "confusion", "classes", "worst", "findings", "choices"} <= set(links)
    assert set(links) <= everywhere


def test_names_of_classes_and_files_are_text_and_never_markup() -> None:
    facts = classification(
        classes=(NASTY, "dog", "cow"),
        title=NASTY,
        run_name=NASTY,
        verdict_sentences=[NASTY],
        worst=[WorstMistake(NASTY, NASTY, NASTY, 0.5, 1.0, None)],
        unreadable=[(NASTY, NASTY)],
        choices=[(NASTY, NASTY, NASTY)],
        environment={NASTY: NASTY},
        commands=[NASTY],
        findings=[{"rule": NASTY, "code": "X", "level": "error", "message": NASTY, "fix": NASTY}],
    )
    text = render(facts)
    assert "<script" not in text
    page = Page(text)
    assert page.text.count('<script>alert("x")</script>') >= 12, "the names are still there to be read"


def test_names_that_utf8_cannot_hold_do_not_break_the_page(tmp_path: Path) -> None:
    broken = "photos/\udcff\x00.jpg"
    facts = classification(classes=(broken, "dog", "日本"), unreadable=[(broken, "empty file")])
    path = write(facts, tmp_path / "report.html")
    assert "photos/<wbr>��.jpg" in path.read_text(encoding="utf-8")
    assert "日本" in path.read_text(encoding="utf-8")


def test_the_numbers_on_the_page_are_those_of_the_facts(page: Page) -> None:
    assert page.cells["test accuracy"] == "88.33%"
    assert page.cells["test log_loss"] == "0.3127"
    assert page.cells["valid accuracy"] == "87.12%"
    for text in (
        "84.19% to 91.50%",
        "84.31% to 89.67%",
        "33.33%",
        "1.0986",
        "12,345",
        "678",
        "98.7%",
        "4.321",
        "62.2%",
    ):
        assert text in page.text, text
    assert "2026-03-01 09:30 UTC" in page.text
    assert "2 min 5 s" in page.text


def test_the_first_screen_says_the_verdict_in_a_sentence_and_the_score_beside_others(page: Page) -> None:
    top = page.text.split("88% of 300 test images are right")[1].split("In detail")[0]
    for text in ("(84% to 92%)", "88%", "a linear model", "70%", "33%", "looked at once", "higher is better"):
        assert text in top, text
    assert "Add rows." in top.split("What to do next")[1]
    assert "goodfit predict runs/animals-1 NEW_DATA" in top


def test_the_title_is_the_verdict_and_the_name_of_the_data() -> None:
    assert "<title>Good fit: animals</title>" in render(classification())


def test_marks_of_the_comparison_stand_where_their_values_are() -> None:
    headline = classification().headline
    assert headline is not None
    comparison = compared(headline)
    assert comparison is not None
    assert (comparison.start, comparison.end) == ("0%", "100%")
    own, linear, trivial = comparison.marks
    assert (own.at, own.low, own.high) == pytest.approx((88.333, 84.19, 91.5))
    assert (linear.at, trivial.at) == pytest.approx((70, 33.33))


def test_a_line_of_sizes_starts_at_zero_and_one_far_from_zero_around_its_marks() -> None:
    def ends(low: float, high: float) -> Comparison:
        scores = [Estimate(low, low, low), Estimate(high, high, high)]
        comparison = compared(Headline("", RMSE, [Standing("this model", each, "model") for each in scores], []))
        assert comparison is not None
        return comparison

    assert ends(45_000, 81_000).start == "0"
    far = ends(24.0, 27.0)  # from 24 - 1.5 = 22.5 to 27 + 0.06 * 4.5 = 27.27
    assert [mark.at for mark in far.marks] == pytest.approx([100 * 1.5 / 4.77, 100 * 4.5 / 4.77])


def test_the_chart_that_matters_is_on_the_first_screen_and_not_a_second_time() -> None:
    text = render(classification())
    assert text.count('aria-label="Confusion matrix"') == 1
    assert text.index('aria-label="Confusion matrix"') < text.index('id="next"')


def test_a_chart_stays_in_its_section_where_an_image_is_on_the_first_screen() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    text = render(classification(examples=[Example("middle", "a/1.png", "IoU 50%", {"image": image, "truth": image})]))
    assert text.count('aria-label="Confusion matrix"') == 1
    assert text.index('aria-label="Confusion matrix"') > text.index('id="next"')


def test_sections_come_in_the_order_of_their_weight(page: Page) -> None:
    order = ["verdict", "score", "next", "why", "metrics", "curves", "confusion", "classes", "worst", "findings",
             "data", "unreadable", "choices", "environment", "commands"]  # fmt: skip
    assert [name for name in page.ids if name in order] == order


def test_findings_are_listed_with_the_gravest_first(page: Page) -> None:
    assert page.text.index("Loss rose.") < page.text.index("Few cows.")


def test_the_pair_mixed_up_most_is_named_first(page: Page) -> None:
    table = page.text.split("share of the class")[1].split("Classes")[0]
    assert table.lstrip().startswith("cowcat2020.0%\ncatdog77.0%\n"), table  # 20 of 100 cows were taken for cats


def test_a_run_without_test_rows_or_baseline_says_so_and_shows_validation() -> None:
    page = Page(render(regression()))
    assert "There were no test rows" in page.text
    assert "curves" not in page.ids
    assert "9.25" in page.text


def test_every_look_beyond_the_first_is_told() -> None:
    assert "looked at 3 times" in Page(render(classification(looks_at_test=3))).text


@pytest.mark.parametrize(
    ("verdict", "level", "expected"),
    [("good fit", "notice", "good"), ("overfit", "warning", "caution"), ("good fit", "error", "bad"),
     ("not to be trusted", "warning", "bad")],
)  # fmt: skip
def test_the_verdict_is_coloured_by_how_grave_it_is(verdict: str, level: str, expected: str) -> None:
    finding = {"rule": "r", "code": "c", "level": level, "message": "m", "fix": "f"}
    page = Page(render(classification(verdict=verdict, findings=[finding])))
    assert ("section", {"class": f"verdict {expected}", "id": "verdict"}) in page.tags


def test_every_verdict_has_a_tone_and_one_that_is_not_known_any_more_is_shown_with_caution() -> None:
    assert {verdict.tone for verdict in Verdict} == {"good", "caution", "bad"}
    assert tone_of("no better than the baseline") == "bad"
    assert tone_of("hard to say") == "caution"


@pytest.mark.parametrize(("higher", "words"), [(True, "higher is better"), (False, "lower is better")])
def test_the_direction_is_the_metrics_own(higher: bool, words: str) -> None:
    """A metric that no list in the report names: the page said that higher is better of any such one."""
    metric = Metric("accuracy", "level error", higher_is_better=higher, unit="levels")
    headline = Headline("", metric, [Standing("this model", Estimate(1.5, 1.0, 2.0), "model")], [])
    text = Page(render(classification(metric_list=(metric,), headline=headline))).text
    assert f"Level error (levels) ({words})" in text


def test_images_are_called_images() -> None:
    text = Page(render(classification(noun="image", folds=5))).text
    assert "The test images were looked at once" in text
    assert "the training images, each by a model that did not see it" in text


def test_options_of_the_command_stand_out_in_what_to_do_next() -> None:
    facts = classification()
    assert facts.headline is not None
    steps = ["Try --epochs 4, a larger --arch or <b>."]
    html = render(replace(facts, headline=replace(facts.headline, steps=steps)))
    option = '<code class="option">{}</code>'.format
    assert f"Try {option('--epochs 4')}, a larger {option('--arch')} or &lt;b&gt;." in html


def test_a_long_path_is_shown_by_its_end() -> None:
    mistake = WorstMistake("/data/shop/photos/hat/7.png", "hat", "shoe", 0.9, 2.0, np.zeros((28, 28, 1), np.uint8))
    html = render(classification(worst=[mistake]))
    assert '<span title="/data/shop/photos/hat/7.png">hat/<wbr>7.png</span>' in html


def rough(metric: Metric, rows: int, groups: int = 0) -> bool:
    headline = Headline("", metric, [Standing("this model", Estimate(1.5, 1.0, 2.0), "model")], [])
    facts = classification(headline=headline, rows={"train": 900, "valid": 90, "test": rows}, groups=groups)
    return "rough ones: a large mistake that is rare may not have come up" in Page(render(facts)).text


def test_intervals_from_few_rows_are_called_rough() -> None:
    assert rough(LOG_LOSS, 99)
    assert not rough(LOG_LOSS, 100)
    assert rough(LOG_LOSS, 500, groups=40)
    assert not rough(ACCURACY, 30)  # right for any number of rows


def test_ten_classes_and_24_images_of_noise_stay_under_a_megabyte() -> None:
    rng = np.random.default_rng(0)
    names = tuple(f"class {i}" for i in range(10))
    noise = [rng.integers(0, 256, (256, 256, 3), dtype=np.uint8) for _ in range(24)]
    facts = classification(
        sections=class_sections(names, rng.integers(0, 999, (10, 10)), {"train": [9] * 10}),
        worst=[WorstMistake(f"{i}.png", "a", "b", 0.9, 2.0, image) for i, image in enumerate(noise)],
    )
    assert len(render(facts).encode()) < 1_000_000


def test_a_small_image_is_kept_pixel_by_pixel() -> None:
    image = np.random.default_rng(1).integers(0, 256, (28, 20, 1), dtype=np.uint8)
    uri = thumbnail_uri(image)
    assert uri is not None
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,")))))
    np.testing.assert_array_equal(shown, image[..., 0])


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    in_the_way = tmp_path / "report.html"
    in_the_way.mkdir()
    with pytest.raises(DiskError, match=r"report\.html: cannot write"):
        write(regression(), in_the_way)
    assert list(tmp_path.rglob("*")) == [in_the_way]


def test_svg_inside_the_page_is_well_formed() -> None:
    text = render(classification())
    drawings = ["<svg" + piece.split("</svg>")[0] + "</svg>" for piece in text.split("<svg")[1:]]
    assert len(drawings) == 6  # the sign, confusion, two curves, recall, balance
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_pyplot_with_its_global_figures_is_never_imported() -> None:
    code = (
        "import sys\n"
        "from goodfit.report import page, page_data\n"
        "from goodfit.tasks.metric import RMSE\n"
        "from goodfit.tasks.section import Plot, Section\n"
        "assert 'matplotlib' not in sys.modules, 'imported before it is needed'\n"
        "assert 'jinja2' not in sys.modules, 'imported before it is needed'\n"
        "scatter = Section('scatter', 'Predictions', '', [Plot('scatter', ([1.0, 2.0], [1.0, 2.0]), 'Predictions')])\n"
        "page.render(page_data.PageData(title='t', run_name='r', task='regression', verdict='v', verdict_sentences=[],"
        " rows={}, metrics={}, metric_list=(RMSE,), created='', seconds=1, sections=[scatter]))\n"
        "assert 'matplotlib' in sys.modules\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_options_in_sentences_stand_out_with_their_values() -> None:
    sentence = "The same fit with --arch linear --rivals none; or --folds would, and --epochs 40 or --lr find."
    wanted = "The same fit with <--arch linear> <--rivals none>; or <--folds> would, and <--epochs 40> or <--lr find>."
    assert with_options(sentence) == wanted.replace("<", '<code class="option">').replace(">", "</code>").replace(
        '"option"</code>', '"option">'
    )
