"""What the user allows by name, with a reason. A suppression that never mattered is itself reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from goodfit.checks.finding import Finding
from goodfit.errors import UsageError

_blocks: list[tuple[str, str]] = []  # (name, reason) of the `with allow(...)` blocks that run now
_opened: dict[str, str] = {}  # every one of this process, by name, with its reason
_fired: set[str] = set()


@contextmanager
def allow(rule: str, *, reason: str) -> Iterator[None]:
    """Within this block the rule of this name says nothing.

    Args:
        rule: its name, such as "samples-mix".
        reason: why it is right here; for whoever reads the program.

    Raises:
        UsageError: no such rule, or no reason.
    """
    _check(rule, reason)
    _blocks.append((rule, reason))
    _opened.setdefault(rule, reason)
    try:
        yield
    finally:
        _blocks.remove((rule, reason))


def _check(rule: str, reason: str) -> None:
    from goodfit.checks.rule import rules

    names = sorted(each.name for each in rules())
    if rule not in names:
        raise UsageError(f"allow: there is no rule '{rule}'", fix=f"The rules are {', '.join(names)}")
    if not reason.strip():
        raise UsageError(f"allow: no reason is given for {rule}", fix="Say why it is right here: reason='...'")


class Suppressions:
    """Blocks of `allow`, and names with reasons from [tool.goodfit.allow] of pyproject.toml."""

    def __init__(self, everywhere: Mapping[str, str] | None = None) -> None:
        self._everywhere = dict(everywhere or {})
        for rule, reason in self._everywhere.items():
            _check(rule, reason)
        _opened.clear()
        _fired.clear()

    @classmethod
    def from_project(cls, folder: Path) -> Suppressions:
        """Of the nearest pyproject.toml from this folder upwards.

        Raises:
            UsageError: not TOML, no such rule, or no reason.
        """
        for parent in (folder, *folder.resolve().parents):
            file = parent / "pyproject.toml"
            if file.is_file():
                import tomllib

                try:
                    settings = tomllib.loads(file.read_text(encoding="utf-8"))
                except tomllib.TOMLDecodeError as error:
                    raise UsageError(f"not valid TOML ({error})", where=file, fix="Fix the syntax") from error
                except (OSError, UnicodeDecodeError) as error:
                    raise UsageError("this file cannot be read as UTF-8", where=file, fix="Save it again") from error
                allowed: Any = settings
                for name in ("tool", "goodfit", "allow"):
                    allowed = allowed.get(name, {}) if isinstance(allowed, dict) else {}
                if not isinstance(allowed, dict):
                    raise UsageError(
                        "tool.goodfit.allow is not a table of rules", where=file, fix='Write rule = "why it is right"'
                    )
                return cls({str(rule): str(reason) for rule, reason in allowed.items()})
        return cls()

    def allows(self, rule: str) -> bool:
        """Whether a finding of this rule is to be left out now."""
        if any(name == rule for name, _ in _blocks) or rule in self._everywhere:
            _fired.add(rule)
            return True
        return False

    def unused(self, asked: set[str]) -> Iterator[Finding]:
        """Suppressions that left nothing out, of rules that were asked."""
        from goodfit.checks.rules.unused_suppression import UnusedSuppression

        for rule, reason in {**self._everywhere, **_opened}.items():
            if rule not in _fired and rule in asked:
                yield UnusedSuppression().of(rule, reason, in_project=rule in self._everywhere)
