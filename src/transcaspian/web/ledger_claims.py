"""Claims of the packaged ledger in the form in which the pages list them."""

from __future__ import annotations

from collections.abc import Iterable

from transcaspian.evidence import load_ledger
from transcaspian.web.shipments import Claims


def claim_rows(ids: Iterable[str]) -> Claims:
    """Claim id -> text, publisher, date, address, value, unit and period."""
    ledger = load_ledger()
    body: Claims = {}
    for claim_id in ids:
        claim = ledger.get_claim(claim_id)
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
