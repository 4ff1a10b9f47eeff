"""Answers as one page: what `route --map` and `showcase` write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from transcaspian.corridor import Corridor
from transcaspian.corridor.files import replace_file, write_text
from transcaspian.errors import InputError, Problem
from transcaspian.freight.answers import Answer
from transcaspian.freight.quote_json import quote_json
from transcaspian.web.ledger_claims import claim_rows
from transcaspian.web.route_page import render_page
from transcaspian.web.shipments import Places, Shipment


def write_map(path: Path, answers: Sequence[Answer], *, title: str) -> None:
    """Write the page with map, legs and sources, whole or not at all.

    Parameters
    ----------
    path
        The file; replaced when it exists, its folder is made when missing.
    answers
        At least one; each becomes a tab. The state of the first one's corridor is named at the foot of the page.
    title
        Heading of the page, plain text.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    shipments = [_shipment(answer, number) for number, answer in enumerate(answers)]
    corridor = answers[0].corridor
    wanted = sorted({claim for answer in answers for quote in answer.quotes for claim in quote.claims})
    page = render_page(
        [cast(Shipment, shipment) for shipment in shipments],
        cast(Places, _places(corridor)),
        claim_rows(wanted),
        title=title,
        subtitle="Alternatives from door to door, with a range and a source under every figure",
        generated_from=f"Transcaspian corridor, base year 2024, state {corridor.fingerprint()}",
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"there is no folder {path.parent}, and it cannot be made: {error.strerror}"
        raise InputError(Problem("file.out", str(path), what, "name a file in a folder you may write to.")) from None
    replace_file(path, lambda made: write_text(made, page))


def _shipment(answer: Answer, number: int) -> dict[str, Any]:
    question = f"{answer.loads[0].text} from {answer.origin_name} to {answer.destination_name}"
    return {
        "id": f"{answer.origin}-{answer.destination}-{number}",
        "title": f"{answer.origin_name} → {answer.destination_name}",
        "question": question,
        "load": answer.loads[0].text,
        "alternatives": [quote_json(quote) for quote in answer.quotes],
    }


def _places(corridor: Corridor) -> dict[str, dict[str, Any]]:
    table = corridor["places"]
    return {
        place: {
            "name": table.text(row, "name"),
            "lat": float(table.floats("latitude_deg")[row]),
            "lon": float(table.floats("longitude_deg")[row]),
            "country": table.text(row, "country"),
            "kind": table.text(row, "kind"),
        }
        for row, place in enumerate(table)
    }
