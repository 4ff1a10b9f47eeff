"""The numbered list of published claims that a page's figures rest on."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from transcaspian.web.figures import plain
from transcaspian.web.shipments import Claims, Shipment


def number_claims(shipments: Iterable[Shipment]) -> dict[str, int]:
    """Claim id -> number on the page, counted from 1 in the order in which the claims are first cited."""
    cited: dict[str, None] = {}
    for shipment in shipments:
        for alternative in shipment["alternatives"]:
            for leg in alternative["legs"]:
                cited.update(dict.fromkeys(leg["claims"]))
            cited.update(dict.fromkeys(alternative["claims"]))
    return {claim_id: number for number, claim_id in enumerate(cited, start=1)}


def source_list(numbers: dict[str, int], claims: Claims) -> str:
    """The section of sources; a claim that the table lacks is listed by its id and said to be missing."""
    items = "".join(_item(claim_id, number, claims) for claim_id, number in numbers.items())
    publishers = {claims[claim_id]["publisher"] for claim_id in numbers if claim_id in claims}
    return (
        '<section id="sources"><h2>Sources</h2>'
        f"<details><summary>{len(numbers)} published claims from {len(publishers)} publishers</summary>"
        f'<ol class="claims">{items}</ol></details></section>'
    )


def _item(claim_id: str, number: int, claims: Claims) -> str:
    claim = claims.get(claim_id)
    if claim is None:
        return (
            f'<li id="claim-{number}" value="{number}"><code>{escape(claim_id)}</code> '
            "<span>(not in the table of sources)</span></li>"
        )
    value = claim["value"]
    amount = plain(value) if isinstance(value, int | float) else (value or "")
    quantity = " ".join(part for part in (amount, claim["unit"]) if part)
    period = f" ({claim['period']})" if claim["period"] else ""
    return (
        f'<li id="claim-{number}" value="{number}"><p>{escape(claim["text"])}</p>'
        f"<p><b>{escape(quantity)}</b>{escape(period)} · {escape(claim['publisher'])}"
        f"{', ' if claim['date'] else ''}{escape(claim['date'])} · {_link(claim['url'])}</p>"
        f"<p><code>{escape(claim_id)}</code></p></li>"
    )


def _link(url: str) -> str:
    """A link for web addresses only; anything else stays text."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return escape(url)
    shown = parts.netloc.removeprefix("www.")
    return f'<a href="{escape(url, quote=True)}" rel="noopener noreferrer external">{escape(shown)}</a>'
