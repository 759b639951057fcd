"""training-items-ranked: items that a user was trained on take places in the ranking that test items are counted in.

What it checks
    A net is trained on pairs (user, item). Without gradients, topk of the scores of all items of users then holds the
    items that these users were trained on: three times as many as by chance, and 30% of those that could stand there.
    What the function counts in the ranking are other items: it compares the ranking with one item for each user, or
    uses lists or sets of items for each user, none of which the user was trained on. And it uses nothing that holds the
    training items, which it could leave out afterwards.

Why it hurts
    A net knows best what it was trained on: these items are at the top, and no test item can stand there. Recall and
    NDCG are far too low, and a net that has learnt less may look better.

Example
    top = scores.topk(10, dim=1).indices                             # recall of test_items[user] in top[user]

Instead
    for user, items in enumerate(train_items): scores[user, list(items)] = float("-inf")
    top = scores.topk(10, dim=1).indices

When it is a false alarm
    A ranking in which what is known may come again, such as music, whose test items happen to be new ones. Rankings in
    the lines of a file outside of functions, and training items in tables (pandas, scipy), are not judged.

Cost
    The pairs of the first steps are kept; each topk is compared with them, in the first steps.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.as_array import as_array
from goodfit.checks.engine.events import BackwardBegins, Compare, Loss, NetCall, TopK
from goodfit.checks.engine.training_pairs import Pairs, TrainingPairs, are_of_two_kinds, numbers_of
from goodfit.checks.engine.used_values import names_used, used_values
from goodfit.checks.engine.user_frame import Place, user_frame, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

PAIRS_AT_LEAST = 50  # that are known of the users of a ranking
CALLS_KEPT = 4
HITS_AT_LEAST = 20
SHARE_AT_LEAST = 0.3  # of the training items that could stand in a ranking
TIMES_CHANCE = 3.0
USERS_AT_LEAST = 10
ITEMS_AT_LEAST = 20
TEST_ITEMS_AT_LEAST = 10
PAIR = 2
VALUES_AT_MOST = 10_000_000  # of an array that is looked at
TABLES = ("pandas", "scipy", "polars", "pyarrow")
# Names of what is left out of a ranking.
LEFT_OUT = lazy_pattern(
    r"train(?!$|ing$)|seen|known|histor|mask|exclu|filter|interact|observed|consumed|rated|bought|past", re.I
)


class TrainingItemsRanked(LiveRule):
    code, level = "GF459", Level.WARNING

    def start(self) -> None:
        self.trained = TrainingPairs()
        self.given: list[Tensor] = []  # whole numbers (N,) that nets were given last, without gradients
        self.top: tuple[weakref.ref[Tensor], np.ndarray, Pairs, Place] | None = None
        self.has_spoken = False

    def on_call(self, event: NetCall) -> None:
        if event.grad:
            self.trained.note_call(event)
        else:
            self.given = [*self.given, *numbers_of(event)[:1]][-CALLS_KEPT:]

    def on_loss(self, event: Loss) -> None:
        self.trained.note_loss(event)

    def before_backward(self, event: BackwardBegins) -> None:
        self.trained.note_backward()

    def on_top(self, event: TopK) -> Iterator[Finding]:
        self.top = None
        if torch.is_grad_enabled() or self.has_spoken or not self.trained.by_call:
            return
        scores, places = event.scores, event.places
        users = self._users_of(scores)
        if users is None or scores.shape[1] < ITEMS_AT_LEAST or len(users) < USERS_AT_LEAST:
            return
        ranked = places.cpu().numpy()
        of_calls = [pairs for pairs in self.trained.by_call.values() if are_of_two_kinds(pairs, scores.shape[1])]
        trained = next((pairs for pairs in of_calls if _holds(ranked, users, pairs, scores.shape[1])), None)
        if trained is None:
            return
        self.top = weakref.ref(event.places), users, trained, user_place()
        frame = user_frame()
        if frame is None or frame.f_code.co_name == "<module>":
            return
        if _counts_others(used_values(frame), names_used(frame.f_code), users, trained):
            yield self._speak(ranked, users, trained, user_place())

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        """A ranking is compared with one item for each user."""
        top = self.top[0]() if self.top is not None else None
        if top is None or self.top is None or self.has_spoken:
            return
        sides = [event.left, event.right]
        other = next((each for each in sides if each is not top), None)
        if not any(each is top for each in sides) or other is None or tuple(other.shape) != (len(top), 1):
            return
        _, users, trained, place = self.top
        wanted = set(zip(users.tolist(), other.flatten().tolist(), strict=True))
        if not wanted & trained:
            yield self._speak(top.cpu().numpy(), users, trained, place)

    def _users_of(self, scores: Tensor) -> np.ndarray | None:
        """(N,) the user of each row: what the net was just given, or all users in their order."""
        known = next((each for each in reversed(self.given) if len(each) == len(scores)), None)
        if known is not None and len(scores) != scores.shape[1]:
            return known.cpu().numpy()
        first = next(iter(self.trained.by_call.values()))
        count = max((user for user, _ in first), default=0) + 1
        return np.arange(len(scores)) if len(scores) >= count and len(scores) != scores.shape[1] else None

    def _speak(self, ranked: np.ndarray, users: np.ndarray, trained: Pairs, place: Place) -> Finding:
        self.has_spoken = True
        known = [(int(user), int(item)) for user, row in zip(users, ranked, strict=True) for item in row]
        taken = sum(pair in trained for pair in known) / len(known)
        return self.finding(
            f"{taken:.0%} of the places among the {ranked.shape[1]} highest scores of each user are taken by items "
            "that the user was trained on, and the items that are counted there are others",
            "Leave the training items of each user out before topk: scores[user, train_items] = -inf",
            file=place.file,
            line=place.line,
        )


def _holds(ranked: np.ndarray, users: np.ndarray, pairs: Pairs, items: int) -> bool:
    """Whether rankings (N, k) hold the training items of their users, far beyond chance."""
    of_user: dict[int, set[int]] = {}
    for user, item in pairs:
        of_user.setdefault(user, set()).add(item)
    by_row = zip(users.tolist(), ranked.tolist(), strict=True)
    rows = [(of_user[user], set(row)) for user, row in by_row if user in of_user]
    known = sum(len(items_of) for items_of, _ in rows)
    possible = sum(min(len(items_of), ranked.shape[1]) for items_of, _ in rows)
    hits = sum(len(items_of & row) for items_of, row in rows)
    by_chance = known * ranked.shape[1] / items
    return known >= PAIRS_AT_LEAST and hits >= max(HITS_AT_LEAST, SHARE_AT_LEAST * possible, TIMES_CHANCE * by_chance)


def _counts_others(used: Iterable[tuple[str, Any]], names: set[str], users: np.ndarray, trained: Pairs) -> bool:
    """Whether a function uses items of users that are no training items, and nothing that holds training items."""
    if any(LEFT_OUT.search(name) for name in names):
        return False
    has_others = False
    for name, value in used:
        is_table = type(value).__module__.partition(".")[0] in TABLES and not callable(value)
        if is_table or (name == "train" and not callable(value)):
            return False
        pairs = pairs_in(value, users)
        if pairs & trained:
            return False
        has_others = has_others or len(pairs) >= TEST_ITEMS_AT_LEAST
    return has_others


def pairs_in(value: Any, users: np.ndarray) -> Pairs:
    """(user, item) of a list, array or dictionary of the items of each user, or of a set or list of such pairs."""
    if isinstance(value, Tensor):
        value = as_array(value)
    if isinstance(value, np.ndarray):
        return _pairs_of_array(value, users)
    pairs: Pairs = set()
    if isinstance(value, list | tuple | set | frozenset) and value:
        pairs = {(int(each[0]), int(each[1])) for each in value if _is_pair(each)}
    if isinstance(value, Mapping):
        rows: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list | tuple) and len(value) > int(users.max()):
        rows = enumerate(value)
    else:
        return pairs
    wanted = set(users.tolist())
    for user, items in rows:
        if not _is_number(user) or int(user) not in wanted:
            continue
        if isinstance(items, Tensor):
            items = items.flatten().tolist()
        if isinstance(items, set | frozenset | list | tuple | np.ndarray):
            pairs.update((int(user), int(item)) for item in items if _is_number(item))
        elif _is_number(items):
            pairs.add((int(user), int(items)))
    return pairs


def _pairs_of_array(values: np.ndarray, users: np.ndarray) -> Pairs:
    """Of (U,) or (U, n) items of each user, or (U, M) of 0 and 1."""
    if values.ndim not in (1, 2) or len(values) <= int(users.max()) or values.size > VALUES_AT_MOST:
        return set()
    rows = values[users].reshape(len(users), -1)
    if rows.shape[1] > 1 and bool(np.isin(rows, (0, 1)).all()):
        at, items = np.nonzero(rows)
        return set(zip(users[at].tolist(), items.tolist(), strict=True))
    if not np.issubdtype(rows.dtype, np.integer):
        return set()
    return {(user, item) for user, row in zip(users.tolist(), rows.tolist(), strict=True) for item in row}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == PAIR and all(map(_is_number, value))
