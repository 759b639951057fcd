"""Errors: one clear line, which is the same wherever it is read."""

from __future__ import annotations

import pickle

from goodfit.errors import DataError, GoodfitError


def test_an_error_comes_back_whole_from_a_worker_process() -> None:
    """A pool of workers pickles what they raise: one that cannot be read again breaks the pool."""
    error = DataError("a class of one row", where="people.csv", fix="Add rows")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DataError
    assert str(again) == str(error) == "people.csv: a class of one row. Add rows."
    assert str(pickle.loads(pickle.dumps(GoodfitError("a fault")))) == "a fault."
