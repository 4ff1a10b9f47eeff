"""Pages: what the commands answer, drawn for a browser.

Answers: how does a shipment travel, on a map and in tables?  Start reading at `web/route_page.py`.
Takes: plain dicts as `--json` prints them.  Gives: one self-contained HTML text.  Never knows: numerics.
"""

from transcaspian.web.route_page import render_page
from transcaspian.web.shipments import Alternative, Claim, Leg, Place, Shipment

__all__ = ["Alternative", "Claim", "Leg", "Place", "Shipment", "render_page"]
