"""Transcaspian: the open digital twin of the Middle Corridor.

Start reading at `docs/design.md`; the rooms are `evidence`, `corridor`, `scenario`, `freight`, `web` and `cli`.
"""

__version__ = "0.1.0"
