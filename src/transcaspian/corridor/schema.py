"""The schema of the corridor's tables: a Frictionless data package, read once.

Every column's type, unit (in its name), range, permitted words and foreign key stand in `datapackage.json`
and nowhere else; `enum` holds for words and for numbers. Two properties go beyond Frictionless: `separator` marks a
cell that holds a list, and `references` names the tables among whose ids each entry of such a list must be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from transcaspian.errors import InputError, Problem

DESCRIPTOR = "datapackage.json"
PROVENANCE = "provenance"
NUMERIC = frozenset({"number", "integer"})


@dataclass(frozen=True, slots=True)
class Field:
    """One column: what may stand in it."""

    name: str
    type: str  # string, number, integer, boolean, date, year
    description: str
    required: bool
    minimum: float | None
    maximum: float | None
    exclusive_minimum: float | None
    words: tuple[str, ...]  # permitted words, or numbers in words; empty: any
    separator: str  # of a list cell; empty: one value
    references: tuple[str, ...]  # tables whose ids it may name; empty: none

    @property
    def numeric(self) -> bool:
        """True for a quantity, which must have provenance (years are keys, not quantities)."""
        return self.type in NUMERIC

    def broken_bound(self, value: float) -> str:
        """Which bound a number breaks, as in "not above 0" or "below 0.1"; empty when it may stand here."""
        if self.numeric and self.words and f"{value:.12g}" not in self.words:
            return f"neither {' nor '.join(self.words)}"
        if self.exclusive_minimum is not None and value <= self.exclusive_minimum:
            return f"not above {self.exclusive_minimum:g}"
        if self.minimum is not None and value < self.minimum:
            return f"below {self.minimum:g}"
        if self.maximum is not None and value > self.maximum:
            return f"above {self.maximum:g}"
        return ""

    @property
    def permitted(self) -> str:
        """What numbers may stand here, as in "a number above 0 and at most 45000"."""
        kind = "a whole number" if self.type == "integer" else "a number"
        bounds = [f"above {self.exclusive_minimum:g}"] if self.exclusive_minimum is not None else []
        bounds += [f"at least {self.minimum:g}"] if self.minimum is not None else []
        bounds += [f"at most {self.maximum:g}"] if self.maximum is not None else []
        bounds += [" or ".join(self.words)] if self.words else []
        return f"{kind}{', ' if self.words else ' ' if bounds else ''}{' and '.join(bounds)}"


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table: its title and its columns in order."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The column called `name`; raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(field.name for field in self.fields)


def packaged_folder() -> Path:
    """The folder of the corridor that ships with the package."""
    return Path(__file__).resolve().parent.parent / "data" / "corridor"


@cache
def packaged_schema() -> Mapping[str, TableSchema]:
    """The schema of all tables, by name, as the package ships it."""
    return load_schema(packaged_folder() / DESCRIPTOR)


def load_schema(path: Path) -> Mapping[str, TableSchema]:
    """Read a data package descriptor.

    Raises
    ------
    InputError
        If the file is missing or is not a data package.
    """
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        resources = package["resources"]
        return {resource["name"]: _table(resource) for resource in resources}
    except OSError as error:
        raise InputError(
            Problem(
                "corridor.schema",
                str(path),
                f"cannot be read: {error.strerror}",
                "run `transcaspian init DIR`",
            )
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            Problem(
                "corridor.schema",
                str(path),
                f"is not a data package: {error}",
                "take it from `transcaspian init`",
            )
        ) from None


def _table(resource: Mapping[str, Any]) -> TableSchema:
    schema = resource["schema"]
    keys: dict[str, tuple[str, ...]] = {}
    for key in schema.get("foreignKeys", ()):
        keys[key["fields"][0]] = (key["reference"]["resource"],)
    return TableSchema(
        name=resource["name"],
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        fields=tuple(_field(item, keys) for item in schema["fields"]),
    )


def _field(item: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> Field:
    rules = item.get("constraints", {})
    return Field(
        name=item["name"],
        type=item["type"],
        description=item.get("description", ""),
        required=bool(rules.get("required", False)),
        minimum=rules.get("minimum"),
        maximum=rules.get("maximum"),
        exclusive_minimum=item.get("exclusiveMinimum"),
        words=tuple(str(word) for word in item.get("words", rules.get("enum", ()))),
        separator=item.get("separator", ""),
        references=keys.get(item["name"], tuple(item.get("references", ()))),
    )
