"""What a run of ratings recommends: for each user the items rated in no row with the highest predicted ratings; and the
items that are nearest to an item."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TextIO

import torch
from torch.nn import functional

from goodfit.data.tables.known_levels import known_words
from goodfit.errors import DataError, UsageError
from goodfit.nets.svdpp import Factors
from goodfit.store.csv_cells import cell
from goodfit.store.files import replacing
from goodfit.store.outputs import is_recommendations, refuse_to_replace
from goodfit.tasks.task import Task

BLOCK = 1024  # users whose scores for all items are in memory at a time


class Recommendation(NamedTuple):
    """One line: the item in the given place for a user, with its predicted rating in the ratings' own units.

    From choices without ratings: with its score, of which the order alone means something.
    """

    user: str
    place: int
    item: str
    prediction: float


class Neighbour(NamedTuple):
    """An item and how near it is: the cosine between the two embeddings, -1 to 1."""

    item: str
    similarity: float


@dataclass
class Catalogue:
    """Users and items of a fitted run of ratings, and the net that knows them.

    Attributes:
        users, items: as they stand in the data, in the order of their codes from 1 on.
        held_out_users: users of validation and test rows alone, with the codes of the items in these.
    """

    net: Factors
    task: Task
    users: Sequence[str]
    items: Sequence[str]
    held_out_users: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {user: code for code, user in enumerate(self.users, start=1)}

    def knows(self, user: str) -> bool:
        """Whether the run knows this user, by training rows or by features."""
        return self.known_user(user) in self._codes

    def known_user(self, user: str) -> str:
        """The user whom the run knows and this is in another spelling (U1 for u1), else the name as it is."""
        plain = user.strip()
        found = [name for name in (user, plain) if name in self._codes]
        return found[0] if found else known_words([plain], self.users).get(plain, user)

    @property
    def for_strangers(self) -> str:
        """What a user whom the run does not know is recommended, in words."""
        return "these are the items with the best means" if self.task.decodes_scores else "these suit users in general"

    def recommend(self, users: Sequence[str] | None = None, n: int = 10) -> Iterator[Recommendation]:
        """The n best items that each user has not rated in any row of the data, best first, user by user.

        Scores for all items are computed for a block of users at a time, so that the memory needed does not grow with
        the number of users. A user never seen gets the items with the best mean.

        Args:
            users: as they stand in the data; None for all users of the training rows.
            n: how many; fewer where a user has rated nearly all.

        Raises:
            UsageError: n is below 1.
        """
        if n < 1:
            raise UsageError(f"-n {n} is out of range", fix="Give 1 or more")
        codes = self._codes
        wanted = self.users if users is None else [self.known_user(user) for user in users]
        for start in range(0, len(wanted), BLOCK):
            block = wanted[start : start + BLOCK]
            with torch.inference_mode():
                rows = torch.tensor([codes.get(user, 0) for user in block], device=self.net.starts.device)
                scores = self.net.scores(rows)
                for row, user in enumerate(block):
                    if user in self.held_out_users:
                        scores[row, list(self.held_out_users[user])] = -math.inf
                best, places = scores.topk(min(n, scores.shape[1]), dim=1)
                flat = best.reshape(-1, 1).cpu()
                ratings = self.task.decode(flat)["prediction"] if self.task.decodes_scores else flat[:, 0].tolist()
            ordered = iter(zip(places.flatten().tolist(), best.flatten().tolist(), ratings, strict=True))
            for user in block:
                for place in range(1, places.shape[1] + 1):
                    item, score, rating = next(ordered)
                    if score > -math.inf:  # rated already, where there was nothing else to recommend
                        yield Recommendation(user, place, self.items[item - 1], float(rating))

    def similar(self, item: str, n: int = 10) -> list[Neighbour]:
        """The n items whose embeddings point most in the direction of this item's, nearest first.

        Raises:
            DataError: an item that the training rows do not have.
        """
        if item not in self.items:
            plain = item.strip()
            item = plain if plain in self.items else known_words([plain], self.items).get(plain, item)
        if item not in self.items:
            raise DataError(f"the item '{item}' is not in the training rows", fix="Check how items are written there")
        at = self.items.index(item) + 1
        with torch.inference_mode():
            vectors = functional.normalize(self.net.all_things()[0].float(), dim=1)
            nearness = vectors @ vectors[at]
            nearness[[0, at]] = -math.inf
            best, places = nearness.topk(min(n, len(self.items) - 1))
        return [
            Neighbour(self.items[place - 1], value) for place, value in zip(places.tolist(), best.tolist(), strict=True)
        ]


def write_recommendations(lines: Iterator[Recommendation], place: Path | TextIO, *, raw: bool = False) -> int:
    """Write them as CSV (user, place, item, prediction), to a path or an open file; how many.

    Args:
        raw: leave names that a spreadsheet would take for a formula as they are; see `Predictions.write_to`.

    Raises:
        UsageError: there is another file of this name, which goodfit did not make.
    """
    if isinstance(place, Path):
        refuse_to_replace(place, is_recommendations)
        with replacing(place) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
            return write_recommendations(lines, file, raw=raw)
    writer = csv.writer(place, lineterminator="\n")
    writer.writerow(Recommendation._fields)
    count = 0
    for line in lines:
        writer.writerow([cell(value, raw=raw) for value in line])
        count += 1
    return count
