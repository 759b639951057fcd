"""A linear model of all words, held against scikit-learn's logistic and ridge regression on its own TF-IDF."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import normalize

import goodfit as gf
from goodfit.data.sources.table import Table
from goodfit.data.tables.free_text import FreeText
from goodfit.nets import build
from goodfit.nets.blend import Blend
from goodfit.nets.wide import is_wide, lanes_of
from goodfit.nets.with_spread import WithSpread
from goodfit.rivals.linear import LinearRival
from goodfit.rivals.rival import Lesson, Words
from goodfit.rivals.trees import TreesRival
from goodfit.rivals.words import STRENGTHS, WordsRival
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Task

ROWS, LEARNT = 240, 180
WORDS = [f"word{at}" for at in range(60)]


def texts(rows: int = ROWS) -> list[str]:
    """Words of two dozen topics; which ones stand in a text says its class."""
    random = np.random.default_rng(0)
    return [" ".join(random.choice(WORDS[(row % 3) * 12 :][:36], size=8)) for row in range(rows)]


def source(extra: bool = False) -> Table:
    """All rows, encoded as the first ones teach."""
    columns: dict[str, object] = {"note": texts(), "y": [f"c{row % 3}" for row in range(ROWS)]}
    if extra:
        columns |= {"size": np.sin(np.arange(ROWS)), "kind": ["ab"[row % 2] for row in range(ROWS)]}
        columns |= {"more": texts()[::-1]}
    table = gf.table(pl.DataFrame(columns), target="y", text=["note", "more"] if extra else "note")
    table.prepare()
    table.learn(torch.arange(LEARNT))
    return table


def lesson(table: Table, task: Task, y: torch.Tensor) -> tuple[Lesson, torch.Tensor]:
    """One fold, and the rows with all that stands behind them."""
    assert table.terms is not None
    x = table.read_wide(torch.arange(ROWS))
    parts = [(np.arange(LEARNT), np.arange(LEARNT, ROWS))]
    own = x[:, : x.shape[1] - table.terms.lanes]
    words = Words(x[:, own.shape[1] :], table.terms)
    return Lesson(task, own, y, parts, table.category_codes, 0, words), x


def tf_idf() -> sparse.csr_matrix:
    """Of words, and of pairs that two texts have, which count for six tenths."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, norm=None)
    learnt = vectorizer.fit_transform(texts()[:LEARNT])
    pairs = np.array([" " in name for name in vectorizer.get_feature_names_out()])
    kept = np.flatnonzero(~pairs | (learnt.getnnz(axis=0) >= 2))
    assert len(kept) < len(pairs)
    weights = np.where(pairs, 0.6, 1.0)[kept]
    return normalize(sparse.csr_matrix(vectorizer.transform(texts())[:, kept].multiply(weights)))


def test_the_terms_behind_a_row_are_tf_idf_of_all_words_and_pairs() -> None:
    table = source()
    taught, _ = lesson(table, Classification(("c0", "c1", "c2")), torch.arange(ROWS) % 3)
    assert taught.words is not None
    ours, theirs = taught.words.weights(), tf_idf()
    assert ours.shape == theirs.shape
    products = (ours @ ours.T).toarray(), (theirs @ theirs.T).toarray()  # their terms are in another order
    np.testing.assert_allclose(*products, atol=1e-6)


def test_of_classes_it_is_scikit_learns_logistic_regression_of_all_words() -> None:
    table, y = source(), torch.arange(ROWS) % 3
    taught, x = lesson(table, Classification(("c0", "c1", "c2")), y)
    fitted = WordsRival().fit(taught)
    features, truth = tf_idf(), y.numpy()
    outs = [
        LogisticRegression(C=strength, max_iter=1000, tol=1e-6)
        .fit(features[:LEARNT], truth[:LEARNT])
        .predict_proba(features[LEARNT:])
        for strength in STRENGTHS
    ]
    best = min(outs, key=lambda out: -np.log(out[np.arange(ROWS - LEARNT), truth[LEARNT:]]).mean())
    assert fitted.out.softmax(1).numpy() == pytest.approx(best, abs=1e-2)
    with torch.inference_mode():
        assert fitted.module(x[LEARNT:]).numpy() == pytest.approx(fitted.out.numpy(), abs=1e-4)


def test_of_numbers_it_is_ridge_regression_of_all_words() -> None:
    table = source()
    numbers = np.array([text.count("word7") + text.count("word20 ") * 2.0 for text in texts()])
    task = Regression.from_targets(numbers)
    taught, x = lesson(table, task, torch.from_numpy(numbers))
    fitted = WordsRival().fit(taught)
    features, z = tf_idf(), (numbers - numbers.mean()) / numbers.std()
    outs = [
        Ridge(alpha=10 / strength).fit(features[:LEARNT], z[:LEARNT]).predict(features[LEARNT:])
        for strength in STRENGTHS
    ]
    best = min(outs, key=lambda out: np.square(out - z[LEARNT:]).mean())
    assert fitted.out[:, 0].numpy() == pytest.approx(best, abs=2e-2)
    with torch.inference_mode():
        assert fitted.module(x[LEARNT:]).numpy() == pytest.approx(fitted.out.numpy(), abs=1e-4)


@pytest.mark.parametrize("labels", [False, True])
def test_numbers_categories_and_two_columns_of_text_are_weighed_together(labels: bool) -> None:
    table, y = source(extra=True), torch.arange(ROWS) % 3
    task: Task = Classification(("c0", "c1", "c2"))
    if labels:
        task, y = MultiLabel(("p", "q")), torch.stack([(y == 0).float(), (torch.arange(ROWS) % 2).float()], dim=1)
    taught, x = lesson(table, task, y)
    fitted = WordsRival().fit(taught)
    again = build(fitted.arch, tuple(taught.x.shape[1:]), task.outputs, **json.loads(json.dumps(fitted.options)))
    again.load_state_dict(fitted.module.state_dict())
    with torch.inference_mode():
        out = again(x)
    assert out[LEARNT:].numpy() == pytest.approx(fitted.out.numpy(), abs=1e-4)
    rows = {name: at for at, name in enumerate(table.encoder.names)}
    assert float(fitted.module.state_dict()["weight"][:, rows["size"]].abs().max()) > 0
    places = fitted.module.state_dict()["weight"][:, [at for name, at in rows.items() if ": direction" in name]]
    assert float(places.abs().max()) == 0, "they say of the texts what the words say better"


def test_it_is_for_texts_alone() -> None:
    x = torch.zeros(30, 2)
    plain = Lesson(Classification(("a", "b")), x, torch.arange(30) % 2, [(np.arange(20), np.arange(20, 30))], (), 0)
    assert not WordsRival().suits(plain)
    assert LinearRival().suits(plain)


def test_trees_and_the_linear_model_of_directions_are_left_out_where_words_say_it_all() -> None:
    task, y = Classification(("c0", "c1", "c2")), torch.arange(ROWS) % 3
    alone, beside = (lesson(source(extra), task, y)[0] for extra in (False, True))
    assert WordsRival().suits(alone)
    assert WordsRival().suits(beside)
    assert not TreesRival().suits(alone)
    assert TreesRival().suits(beside), "there are numbers and categories to ask for"
    assert not LinearRival().suits(beside)


def test_of_a_long_text_the_heaviest_terms_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfit.data.tables.free_text.TERMS_OF_A_ROW", 5)
    column = pl.Series("note", texts())
    text = FreeText.learn(column)
    assert text is not None
    lanes = text.read(column)[1].reshape(ROWS, 5, 2)
    rarity = np.array(text.rarity)[lanes[:, :, 0].astype(int)]
    np.testing.assert_allclose(np.square(lanes[:, :, 1]).sum(axis=1), 1, rtol=1e-5)
    assert rarity.mean() > np.mean(text.rarity[:60]), "pairs, which are rarer than words"


def test_a_run_blends_it_and_predicts_one_row_as_among_many(tmp_path: Path) -> None:
    frame = pl.DataFrame({"note": texts(), "size": np.sin(np.arange(ROWS)), "y": [f"c{at % 3}" for at in range(ROWS)]})
    run = gf.fit(gf.table(frame, target="y", text="note"), out=tmp_path / "run", epochs=2, quiet=True)
    assert WordsRival.name in {rival.name for rival in run.record.rivals}
    assert is_wide(run.net)
    again = gf.load(tmp_path / "run")
    assert lanes_of(again.net) == lanes_of(run.net)
    new = frame.drop("y")
    many = again.predict(new).frame()
    columns = [name for name in many.columns if name.startswith("p_")]
    alone = pl.concat([again.predict(new[row : row + 1]).frame() for row in range(8)])
    np.testing.assert_allclose(alone[columns].to_numpy(), many[columns][:8].to_numpy(), atol=1e-6)
    assert run.record.explanation is not None
    assert run.record.explanation["importance"][0]["column"] == "note"
    swapped = new.with_columns(note=pl.Series(["unheard of"] * ROWS))
    with pytest.raises(gf.errors.DataError, match="not one of the"):
        again.predict(swapped)


def test_rows_on_disk_have_the_same_terms(tmp_path: Path) -> None:
    frame = pl.DataFrame({"note": texts(), "y": [f"c{at % 3}" for at in range(ROWS)]})
    frame.write_parquet(tmp_path / "notes.parquet")
    on_disk = gf.table(tmp_path / "notes.parquet", target="y", text="note", stream=True)
    on_disk.prepare()
    on_disk.learn(torch.arange(LEARNT))
    rows = torch.tensor([5, 200, 0])
    np.testing.assert_array_equal(on_disk.read_wide(rows).numpy(), source().read_wide(rows).numpy())


def test_a_blend_and_a_spread_give_terms_to_those_alone_that_read_them() -> None:
    words, plain = build("linear", (3,), 1, terms=5, lanes=4), build("linear", (3,), 1)
    spread = build("linear", (4,), 1)
    for module in (words, plain, spread):
        for number, weight in enumerate(module.parameters()):
            torch.nn.init.constant_(weight, 0.5 + number)
    model = WithSpread(Blend([plain, words]), spread, None, 3)
    own, terms = torch.arange(6.0).reshape(2, 3), torch.tensor([[4.0, 0.5, 1.0, 0.25], [0.0, 0.0, 0.0, 0.0]])
    assert lanes_of(model) == 4
    with torch.inference_mode():
        out = model(torch.cat([own, terms], dim=1))
        of_words = words(torch.cat([own, terms], dim=1)) - plain(own)
        number = (plain(own) + words(torch.cat([own, terms], dim=1))) / 2
        np.testing.assert_allclose(of_words[:, 0], [0.75 * float(words.state_dict()["terms.weight"][0, 0]), 0])
        np.testing.assert_allclose(out[:, :1], number)
        np.testing.assert_allclose(out[:, 1:], spread(torch.cat([own, number], dim=1)))


def test_runs_of_before_keep_their_places_and_have_no_terms() -> None:
    """Their schema has no width, and all their terms have directions."""
    column = pl.Series("note", texts())
    text = FreeText.learn(column)
    assert text is not None
    known = len(text.sizes)
    before = FreeText(
        "note", text.terms[:known], text.rarity[:known], text.weights, text.sizes, text.means, text.deviations
    )
    places, lanes = before.read(column)
    np.testing.assert_allclose(places, text.places(column), atol=1e-9)
    assert lanes.shape == (ROWS, 0)
