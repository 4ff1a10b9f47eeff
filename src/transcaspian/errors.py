"""One form of error for terminal, JSON and page: what is wrong, where, and how to mend it."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Embeddings, overrides and isolates of the direction of writing, by their bidirectional class.
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: `type` is a stable dotted word, `where` a file, line, column, option or id."""

    type: str
    where: str
    what: str
    mend: str
    severity: str = "error"  # "error" stops the command, "warning" is only said

    def as_json(self) -> dict[str, str]:
        """The keys of one entry of `errors[]` in the JSON envelope."""
        return {
            "type": self.type,
            "where": self.where,
            "what": self.what,
            "mend": self.mend,
            "severity": self.severity,
        }

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  Mend: {self.mend}" if self.mend else head


class InputError(Exception):
    """Bad input, with every problem found; commands print them all and exit with 2."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        # Made again from its problems, not from its text, when it comes from another process.
        return type(self), (self.problems,)


class NoRoute(InputError):
    """Nothing connects the two places for this load; the problem says what stands in the way."""


def control_character(text: str) -> str:
    """The first character that would steer a terminal or a page instead of being shown, as `\\x1b`; else nothing.

    These are the control characters of Unicode, its line and paragraph ends, and the marks that turn the direction
    of writing around; a line break is one of them.
    """
    return next((ascii(char)[1:-1] for char in text if _steers(char)), "") if not text.isprintable() else ""


def without_control(text: str) -> str:
    """`text` on one line or several, with each character that would steer a terminal written out."""
    if text.isprintable():
        return text
    return "".join(ascii(char)[1:-1] if char != "\n" and _steers(char) else char for char in text)


def _steers(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in _TURNS


def nearest(word: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """The up to `count` known names that look most like `word`, best first (Ratcliff and Obershelp, 1988)."""
    folded = {name.casefold(): name for name in known}
    hits = difflib.get_close_matches(word.casefold(), folded, n=count, cutoff=0.5)
    if len(hits) < count:
        part = [name for name in folded if word.casefold() in name and name not in hits]
        hits += part[: count - len(hits)]
    return [folded[hit] for hit in hits]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known names, or an empty string when none is near."""
    hits = nearest(word, known)
    return f"Did you mean {', '.join(hits)}?" if hits else ""
