"""Claims of the packaged ledger in the form in which the pages list them."""

from __future__ import annotations

from collections.abc import Iterable

from transcaspian.evidence import load_ledger
from transcaspian.web.shipments import Claims


def claim_rows(ids: Iterable[str]) -> Claims:
    """Claim id -> text, publisher, date, address, value, unit and period; ids that the ledger lacks are left out."""
    ledger = load_ledger()
    body: Claims = {}
    known = {claim.id: claim for claim in ledger.claims}
    for claim_id in ids:
        if (claim := known.get(claim_id)) is None:
            continue  # tables of one's own may cite what we do not have; the list of sources says so
        source = ledger.get_source(claim.source)
        body[claim_id] = {
            "text": f"{claim.subject}: {claim.quantity.replace('_', ' ')}",
            "publisher": source.publisher,
            "date": source.date,
            "url": source.url,
            "value": claim.value,
            "unit": claim.unit,
            "period": claim.period,
        }
    return body
