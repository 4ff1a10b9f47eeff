"""Find a place by its code, or by its English or Russian name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from transcaspian.corridor.model import Corridor
from transcaspian.errors import InputError, Problem, did_you_mean


def folded(name: str) -> str:
    """A name without case, accents, apostrophes, hyphens and spaces, so that Xi'an is xian and Ё is Е."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def find_place(corridor: Corridor, name: str) -> str:
    """The id of the place that `name` means: an id, a name in English or Russian, or another code.

    Case, accents, hyphens and spaces do not count. An id goes before a name, a name before another place's alias;
    way-points at sea are not found.

    Raises
    ------
    InputError
        If no place is called so (near names are offered) or several are.
    """
    known = _known_names(corridor)
    hits = known.get(folded(name), ())
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise InputError(
            Problem("place.ambiguous", name, f"is the name of {', '.join(hits)}", "give one of these ids.")
        )
    places = corridor["places"]
    words = [*places, *places.texts("name"), *(n for n in places.texts("name_ru") if n)]
    mend = did_you_mean(name, words) or "`transcaspian places` lists every place."
    raise InputError(Problem("place.unknown", name, "no place is called so", mend))


@lru_cache(maxsize=8)
def _known_names(corridor: Corridor) -> dict[str, tuple[str, ...]]:
    places = corridor["places"]
    by_id: dict[str, tuple[str, ...]] = {}
    by_name: dict[str, dict[str, None]] = {}
    by_alias: dict[str, dict[str, None]] = {}
    for row, place_id in enumerate(places):
        if places.text(row, "kind") == "waypoint":
            continue
        by_id[folded(place_id)] = (place_id,)
        for column in ("name", "name_ru"):
            by_name.setdefault(folded(places.text(row, column)), {})[place_id] = None
        for alias in places.items(row, "aliases"):
            by_alias.setdefault(folded(alias), {})[place_id] = None
    by_name.pop("", None)
    # A proper name goes before another place's alias, an id before both.
    merged = {name: tuple(ids) for name, ids in {**by_alias, **by_name}.items()}
    return {**merged, **by_id}
