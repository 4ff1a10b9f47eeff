"""What every page is put together from: packaged texts, one script, a policy that forbids all else, safe JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any


@cache
def packaged(package: str, path: str) -> str:
    """A text file of the package."""
    return resources.files(package).joinpath(path).read_text(encoding="utf-8")


def asset(name: str) -> str:
    """A style, script or template of the pages."""
    return packaged("transcaspian.web", f"assets/{name}")


def joined_script(names: Sequence[str]) -> str:
    """Scripts as one, with names of their own."""
    return "(() => {\n'use strict';\n" + "\n".join(asset(name) for name in names) + "\n})();\n"


def content_policy(script: str = "") -> str:
    """A policy that runs this very script, or none, and loads nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    allowed = f"'sha256-{digest}'" if script else "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def safe_json(value: Any) -> str:
    """JSON that cannot close its script element, whatever a name holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
