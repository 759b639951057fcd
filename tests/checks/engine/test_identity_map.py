"""Values kept for objects by identity, whether or not they are equal, hashable or take weak references."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from goodfit.checks.engine.identity_map import IdentityMap


@dataclass
class Equal:
    """Equal to any other with the same value, and without a hash."""

    value: int = 0


def test_equal_objects_are_two_keys() -> None:
    seen: IdentityMap[str] = IdentityMap()
    one, other = Equal(), Equal()
    seen[one] = "one"
    assert (one in seen, other in seen) == (True, False)
    assert (seen.get(one), seen.get(other)) == ("one", None)
    assert seen.setdefault(one, "new") == "one"
    assert seen.setdefault(other, "other") == "other"
    seen[one] = "changed"
    assert seen.get(one) == "changed"


def test_an_entry_goes_with_its_object_and_a_list_stays() -> None:
    seen: IdentityMap[int] = IdentityMap()
    for number in range(100):
        seen[Equal()] = number
    gc.collect()
    assert len(seen._entries) == 0
    rows = [1, 2]
    seen[rows] = 7
    assert rows in seen
    assert [1, 2] not in seen
