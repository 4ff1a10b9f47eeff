"""One question about a shipment, from words to quotes: what the commands and the pages have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from transcaspian.corridor import BASE_YEAR, Corridor, RowChange, build_network, find_place, load_corridor
from transcaspian.corridor.names import folded
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.freight.alternatives import find_alternatives, find_pareto
from transcaspian.freight.corridors import COUNTRIES
from transcaspian.freight.loads import Load, parse_load
from transcaspian.freight.quotes import Quote, make_quote
from transcaspian.scenario import apply_asked

READY_HOUR = 8  # no shipper states the hour: the morning of the day


@dataclass(frozen=True)
class Answer:
    """Quotes for one question, best first."""

    corridor: Corridor
    origin: str
    destination: str
    loads: tuple[Load, ...]
    quotes: tuple[Quote, ...]
    day: dt.date | None
    notes: tuple[Problem, ...]

    @property
    def origin_name(self) -> str:
        """English name of the origin."""
        return place_name(self.corridor, self.origin)

    @property
    def destination_name(self) -> str:
        """English name of the destination."""
        return place_name(self.corridor, self.destination)

    @property
    def state_of(self) -> str:
        """Which state of the corridor the answer holds for."""
        return (self.day or dt.date(BASE_YEAR, 1, 1)).isoformat()


def place_name(corridor: Corridor, place: str) -> str:
    """English name of a place id."""
    return corridor["places"].text(corridor["places"].get_row(place), "name")


def answer_question(
    origin: str,
    destination: str,
    *,
    load_text: str,
    by: str = "time",
    count: int = 5,
    avoid: Sequence[str] = (),
    pareto: bool = False,
    day: dt.date | None = None,
    scenario: Path | str | Sequence[str] | None = None,
    folder: Path | None = None,
) -> Answer:
    """Find and quote the ways to ship a load.

    Parameters
    ----------
    origin, destination
        Ids or names of places, as `find_place` knows them.
    load_text
        As `parse_load` reads it: `2 FEU`, `500 t wheat`.
    by
        One of `CRITERIA`: what ranks the answers.
    count
        How many alternatives at most; a Pareto set is always whole.
    avoid
        What may carry nothing: see `avoided`.
    pareto
        True: all ways that no other beats in the four criteria, for the usual unit load only.
    day
        Day of departure; its upgrades and changes are in force, and timetables are waited for.
    scenario
        Ready-made scenarios or TOML files whose changes are made: one, or several together.
    folder
        The tables; by default the packaged ones.

    Returns
    -------
    answer
        With the corridor that was searched, closings included.

    Raises
    ------
    InputError
        For names, loads, ids or files that cannot be used, and when there is no route.
    """
    corridor = load_corridor(folder)
    notes: tuple[Problem, ...] = ()
    if scenario:
        names = str(scenario) if isinstance(scenario, Path) else scenario
        corridor, notes = _with_scenario(corridor, names, day)
    if day is not None:
        corridor = corridor.at(day)
    start, end = find_place(corridor, origin), find_place(corridor, destination)
    loads = parse_load(corridor, load_text)
    if avoid:
        changes = avoided(corridor, avoid)
        notes += tuple(_avoided_in_vain(corridor, changes))
        corridor = corridor.with_changes(changes)
    network = build_network(corridor)
    if pareto:
        routes = find_pareto(network, loads, start, end, by=by)
    else:
        routes = find_alternatives(network, loads, start, end, by=by, count=count)
    depart = dt.datetime.combine(day, dt.time(READY_HOUR)) if day else None
    quotes = [make_quote(route, depart=depart) for route in routes]
    if depart is not None and by == "time":
        quotes.sort(key=lambda quote: quote.time_h.mid)
    return Answer(corridor, start, end, loads, tuple(quotes), day, notes)


def _with_scenario(
    corridor: Corridor, names: str | Sequence[str], day: dt.date | None
) -> tuple[Corridor, tuple[Problem, ...]]:
    """The corridor with the scenario's changes; its run lasts from the base year to the year of departure."""
    last_year = max(BASE_YEAR, day.year if day else BASE_YEAR)
    applied = apply_asked(corridor, names, start=dt.date(BASE_YEAR, 1, 1), end=dt.date(last_year + 1, 1, 1))
    notes = tuple(applied.notes)
    if day is None and any(change.since or change.until for change in applied.corridor.changes):
        what = "some changes have dates, and without a day of departure they are not in force"
        notes += (Problem("scenario.dated", applied.scenario.name, what, "give --depart.", severity="warning"),)
    return applied.corridor, notes


def avoided(corridor: Corridor, words: Sequence[str]) -> list[RowChange]:
    """The closings that `--avoid` asks for: ids, names of places, or countries by name or two letters.

    Raises
    ------
    InputError
        With every word that means nothing, and the nearest ids.
    """
    changes: list[RowChange] = []
    problems: list[Problem] = []
    places = corridor["places"]
    countries = set(places.texts("country"))
    for word in words:
        country = _COUNTRY_CODES.get(folded(word), word.upper())
        if country in countries:
            changes += [
                RowChange("places", place, "close", origin=f"--avoid {word}")
                for row, place in enumerate(places)
                if places.text(row, "country") == country
            ]
            continue
        found = _row_to_avoid(corridor, word)
        if found is None:
            known = [row_id for name in AVOIDABLE for row_id in corridor[name]]
            mend = did_you_mean(word, known) or "`transcaspian places` lists the ids of places."
            problems.append(Problem("avoid.unknown", f"--avoid {word}", "no place, link, service or facility", mend))
        else:
            changes.append(RowChange(found[0], found[1], "close", origin=f"--avoid {word}"))
    if problems:
        raise InputError(problems)
    return changes


_COUNTRY_CODES = {folded(name): code for code, name in COUNTRIES.items()}
AVOIDABLE = ("places", "links", "services", "facilities", "operations")


def _avoided_in_vain(corridor: Corridor, changes: Sequence[RowChange]) -> Iterator[Problem]:
    """Facilities that no operation occupies: closing them closes nothing."""
    occupied = set(corridor["operations"].texts("facility"))
    for change in changes:
        if change.table == "facilities" and change.row_id not in occupied:
            what = "no operation occupies this facility, so avoiding it changes nothing"
            yield Problem("avoid.idle", change.origin, what, "avoid its place instead.", severity="warning")


def _row_to_avoid(corridor: Corridor, word: str) -> tuple[str, str] | None:
    for name in AVOIDABLE:
        if word in corridor[name]:
            return name, word
    try:
        return "places", find_place(corridor, word)
    except InputError:
        return None
