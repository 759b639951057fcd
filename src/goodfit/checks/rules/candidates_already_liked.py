"""candidates-already-liked: what a user was trained on is among the candidates that a test item is ranked with.

What it checks
    A net is trained on pairs (user, item), two calls or a call with two items for each pass, or with labels of 0 and 1.
    Without gradients it is then given some candidates of each user, fewer than half of all items. A twentieth to three
    fifths of these pairs, and two for each user, are pairs that it was trained on. Where it is trained on two kinds of
    pairs, those of each kind are.

Why it hurts
    The net has learnt to put the items that a user liked at the top, and there they count as mistakes: hit rate and
    NDCG are too low, and the more so the better the net has learnt.

Example
    pool = np.setdiff1d(np.arange(items), [test_item[user]]); negatives = rng.choice(pool, 99)

Instead
    pool = np.setdiff1d(np.arange(items), [test_item[user], *train_items[user]])

When it is a false alarm
    Items that are chosen again and again, such as music, where a test item may be one of training too.

Cost
    The pairs of the first steps, and of a few evaluations.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Loss, NetCall, WatchEnds
from goodfit.checks.engine.training_pairs import Pairs, TrainingPairs, are_of_two_kinds, is_whole
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CANDIDATES_AT_LEAST = 5
USERS_AT_LEAST = 10
PAIRS_AT_LEAST, PAIRS_AT_MOST = 200, 50_000
SHARE_AT_LEAST, SHARE_AT_MOST = 0.05, 0.6  # of the candidates; more are training pairs that are scored again
LIKED_AT_LEAST = 2.0  # of each user's candidates: one may be the item itself that is to be found


class CandidatesAlreadyLiked(LiveRule):
    code, level = "GF691", Level.WARNING

    def start(self) -> None:
        self.trained = TrainingPairs()
        self.candidates: Pairs = set()
        self.place = Place(None, None)

    def on_call(self, event: NetCall) -> None:
        if event.grad:
            self.trained.note_call(event)
        elif len(self.candidates) < PAIRS_AT_MOST:
            pairs = _candidates(tuple(x.detach() for x in event.inputs if is_whole(x)))
            if pairs:
                self.place = user_place()
                self.candidates |= pairs

    def on_loss(self, event: Loss) -> None:
        self.trained.note_loss(event)

    def before_backward(self, event: BackwardBegins) -> None:
        self.trained.note_backward()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        kinds = list(self.trained.by_call.values())
        is_one_of_two = len(kinds) > 1 or self.trained.labelled
        if not is_one_of_two or len(self.candidates) < PAIRS_AT_LEAST:
            return
        users = {user for user, _ in self.candidates}
        items = 1 + max(item for _, item in self.candidates.union(*kinds))
        each = len(self.candidates) / len(users)
        if len(users) < USERS_AT_LEAST or not CANDIDATES_AT_LEAST <= each <= items / 2:
            return
        if not are_of_two_kinds(self.candidates, items):
            return
        liked = min(len(self.candidates & pairs) for pairs in kinds)
        share = liked / len(self.candidates)
        if SHARE_AT_LEAST <= share <= SHARE_AT_MOST and liked >= LIKED_AT_LEAST * len(users):
            yield self.finding(
                f"{share:.0%} or more of the candidates that are ranked for each user are items that the user was "
                "trained on: the net puts them at the top, and there they count as mistakes",
                "Draw candidates from the items that the user has neither in training nor in the test",
                file=self.place.file,
                line=self.place.line,
            )


def _candidates(numbers: tuple[Tensor, ...]) -> Pairs:
    """(user, item) of two inputs of one size, where each user has several items."""
    if len(numbers) != 2 or numbers[0].shape != numbers[1].shape or numbers[0].dim() not in (1, 2):
        return set()
    users, items = (x.flatten() for x in numbers)
    if not CANDIDATES_AT_LEAST <= len(users) <= PAIRS_AT_MOST:
        return set()
    pairs = set(zip(users.tolist(), items.tolist(), strict=True))
    return pairs if len(pairs) >= CANDIDATES_AT_LEAST * len({user for user, _ in pairs}) else set()
