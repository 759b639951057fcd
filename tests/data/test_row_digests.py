"""Digests of rows in eight bytes: the same answers as lists of texts give, in a fraction of the memory."""

from __future__ import annotations

import hashlib
import tracemalloc

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfit.data import fingerprint as fingerprints
from goodfit.data.fingerprint import fingerprint
from goodfit.data.row_digests import RowDigests, last_with_content_of, with_content_of
from goodfit.data.sources.table import table

ROWS, BLOCK = 60_000, 1_000


@given(codes=st.lists(st.integers(0, 6), min_size=1, max_size=40), split=st.integers(0, 40), data=st.data())
def test_rows_with_the_content_of_others(codes: list[int], split: int, data: st.DataObject) -> None:
    texts = [f"{code:016x}" for code in codes]
    digests = RowDigests([np.array(codes[:split], dtype=np.uint64), np.array(codes[split:], dtype=np.uint64)])
    assert list(digests) == texts
    assert digests[1:3] == texts[1:3]
    chosen = data.draw(st.sets(st.integers(0, len(codes) - 1)))
    rows = np.array(sorted(chosen), dtype=np.int64)
    others = np.array(sorted(set(range(len(codes))) - chosen), dtype=np.int64)
    expected = [any(texts[row] == texts[other] for other in others) for row in rows]
    for kind in (digests, texts):
        assert with_content_of(kind, rows, others).tolist() == expected
        for row in rows[np.array(expected, dtype=bool)].tolist():
            assert last_with_content_of(kind, row, others) == max(at for at in others if texts[at] == texts[row])


def test_a_fingerprint_is_of_all_digests_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"a": [1.0, 2.0, 3.0, 2.0, 5.0], "y": [0, 1, 0, 1, 1]})
    source = table(frame, target="y")
    texts = list(source.digests() or ())
    assert texts[1] == texts[3]
    assert len(set(texts)) == 4
    whole = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    some = hashlib.sha256("\n".join([texts[4], texts[0]]).encode()).hexdigest()[:16]
    for block in (1, 2, 1_000):
        monkeypatch.setattr(fingerprints, "NAMED_AT_ONCE", block)
        assert fingerprint(source) == whole
        assert fingerprint(source, np.array([4, 0])) == some


def test_digests_and_fingerprint_of_a_table_take_few_bytes_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    values = pl.DataFrame({"a": random.normal(size=ROWS), "y": random.integers(0, 2, ROWS)})
    source, other = table(values, target="y"), table(values, target="y")
    monkeypatch.setattr(fingerprints, "NAMED_AT_ONCE", BLOCK)
    fingerprint(other)  # what is imported late is imported
    tracemalloc.start()
    try:
        digests = source.digests()
        held, joining = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        fingerprint(source)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert digests is not None
    assert held < 10 * ROWS  # 81 as a list of texts
    assert joining < 17 * ROWS  # 8 and again 8 while pieces are joined
    assert peak - held < 200 * BLOCK  # texts of one block: 81 each, their numbers 40, and 17 each time they are joined
    assert after - held < BLOCK  # the digests are not made again
