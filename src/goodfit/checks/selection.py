"""Which rules are asked: those that the user selects, without those that the user ignores."""

from __future__ import annotations

from collections.abc import Iterable

from goodfit.checks.finding import Finding
from goodfit.checks.rule import FAILED, Rule, rules
from goodfit.errors import UsageError
from goodfit.formatting import listed, nearest


class Selection:
    """A choice of rules.

    Args:
        select: names, codes or beginnings of codes of the rules to ask; all when empty.
        ignore: of those to leave out.

    Raises:
        UsageError: no rule has such a name or code.
    """

    def __init__(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> None:
        self._select, self._ignore = (_words(words) for words in (select, ignore))
        for word in (*self._select, *self._ignore):
            if not any(_names(rule.name, rule.code, [word]) for rule in rules()):
                near = nearest(word, [rule.name for rule in rules()])
                fix = f"Did you mean {listed(near, 'or')}?" if near else "List the rules with goodfit explain"
                raise UsageError(f"there is no rule '{word}'", fix=fix)

    def includes(self, rule: Rule | type[Rule] | Finding) -> bool:
        """Whether this rule, or the rule of this finding, is asked."""
        name = rule.rule if isinstance(rule, Finding) else rule.name
        if _names(name, rule.code, self._ignore):
            return False
        # The failure of a rule that is asked is reported, whether or not rule-failed itself was selected.
        return not self._select or name == FAILED or _names(name, rule.code, self._select)

    def rules(self) -> list[Rule]:
        """The rules that are asked."""
        return [rule for rule in rules() if self.includes(rule)]


def _words(words: Iterable[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _names(name: str, code: str, words: Iterable[str]) -> bool:
    return any(name == word or code.startswith(word) for word in words)
