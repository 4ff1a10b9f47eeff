"""`transcaspian facts` and `transcaspian conflicts`: what sources say, side by side, and what we take it to be."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from transcaspian.cli.output import console, emit
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.evidence import KINDS, Claim, Conflict, Estimate, Ledger, Source, load_ledger
from transcaspian.evidence.currency import rate_day

_FACTS_HELP = """Look up what is claimed about a subject: every claim with its source, and the estimate made of them.

Without SUBJECT the subjects of the ledger are listed; with a kind (`port`) those of that kind.
"""
_CONFLICTS_HELP = "Rank the worst disagreements between independent sources."
_FACTS_EXAMPLE = "Example: transcaspian facts trade:kz-az --quantity trade_turnover --period 2025-H1"
_CONFLICTS_EXAMPLE = "Example: transcaspian conflicts --limit 10"

_Subject = Annotated[str | None, typer.Argument(help="Subject such as port:aktau, or a kind such as port.")]
_Quantity = Annotated[str | None, typer.Option(help="Quantity such as throughput.")]
_PeriodText = Annotated[str | None, typer.Option(help="2024, 2025-H1, 2025-01/2025-08, 'plan 2027', nominal ...")]
_Kind = Annotated[str | None, typer.Option(help=f"One of {', '.join(KINDS)}.")]
_Unit = Annotated[str | None, typer.Option(help="Unit of the estimate, such as kb/d or USD.")]
_Grade = Annotated[str | None, typer.Option(help="Oil grade for tonnes and barrels, such as cpc-blend.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_Limit = Annotated[int, typer.Option(help="How many to show.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("facts", help=_FACTS_HELP, epilog=_FACTS_EXAMPLE)(facts)
    app.command("conflicts", help=_CONFLICTS_HELP, epilog=_CONFLICTS_EXAMPLE)(conflicts)


def facts(
    subject: _Subject = None,
    quantity: _Quantity = None,
    period: _PeriodText = None,
    kind: _Kind = None,
    unit: _Unit = None,
    grade: _Grade = None,
    as_json: _Json = False,
) -> None:
    """Show the claims on a subject, or the subjects when none is given."""
    ledger = load_ledger()
    subject = subject.strip().lower() if subject is not None else None
    quantity = _as_written(ledger, quantity) if quantity is not None else None
    if subject == "":
        mend = "Give one, or leave it out: `transcaspian facts` lists them."
        raise InputError(Problem("evidence.subject", "SUBJECT", "An empty word is no subject.", mend))
    if kind is not None and kind not in KINDS:
        mend = did_you_mean(kind, KINDS) or f"Give one of {', '.join(KINDS)}."
        raise InputError(Problem("facts.kind", "--kind", f"{kind!r} is not a kind of claim.", mend))
    if subject is None or (not ledger.find(subject) and _is_kind(ledger, subject)):
        _list_subjects(ledger, subject, quantity, period, kind, as_json=as_json)
        return
    claims = ledger.find(subject, quantity, period, kind=kind)
    if not claims:
        raise InputError(_absence(ledger, subject, quantity, period, kind))
    names = {ledger.common_name(subject, claim.quantity) for claim in claims}
    estimate = None
    if len(names) == 1 and any(claim.is_number for claim in claims):
        estimate = ledger.estimate(subject, names.pop(), period, kind=kind, unit=unit, grade=grade)
    conflict = any(set(c.claims) <= set(claims) for c in ledger.conflicts() if c.subject == subject)
    conflict = estimate.conflict if estimate else conflict
    if as_json:
        _emit_facts(ledger, claims, estimate, quantity=quantity, period=period, conflict=conflict)
    else:
        console().print(_facts_page(ledger, claims, estimate, quantity=quantity, period=period))


def conflicts(limit: _Limit = 20, as_json: _Json = False) -> None:
    """Show the disagreements, the worst first."""
    if limit < 1:
        raise InputError(Problem("conflicts.limit", "--limit", f"{limit} is below 1.", "Give 1 or more."))
    ledger = load_ledger()
    ranked = ledger.conflicts()
    shown = ranked[:limit]
    if as_json:
        result = {"total": len(ranked), "conflicts": [_conflict_json(ledger, found) for found in shown]}
        emit(result, claims=sorted({claim.id for found in shown for claim in found.claims}))
        return
    console().print(_conflicts_page(ledger, shown, total=len(ranked)))


def _as_written(ledger: Ledger, quantity: str) -> str:
    """A quantity as the ledger writes it, whatever the case in which it is asked for."""
    word = quantity.strip().lower()
    return next((claim.quantity for claim in ledger.claims if claim.quantity.lower() == word), word)


def _is_kind(ledger: Ledger, word: str) -> bool:
    return any(name.startswith(word.rstrip(":") + ":") for name in ledger.subjects)


def _absence(ledger: Ledger, subject: str, quantity: str | None, period: str | None, kind: str | None) -> Problem:
    """Why nothing was found."""
    others = sorted({claim.kind for claim in ledger.find(subject, quantity, period)})
    if kind is not None and others:
        what = f"{subject} has no claim of kind {kind!r} here."
        return Problem("facts.kind", "--kind", what, f"Kinds with claims: {', '.join(others)}.")
    return ledger.explain_absence(subject, quantity, period)


# --- subjects -----------------------------------------------------------------------------------------------------


def _list_subjects(
    ledger: Ledger, word: str | None, quantity: str | None, period: str | None, kind: str | None, *, as_json: bool
) -> None:
    """List the subjects that have claims of these filters."""
    prefix = "" if word is None else word.rstrip(":") + ":"
    found = {
        name: ledger.find(name, quantity, period, kind=kind) for name in ledger.subjects if name.startswith(prefix)
    }
    found = {name: claims for name, claims in found.items() if claims}
    if not found:
        names = sorted({claim.quantity for claim in ledger.claims if claim.subject.startswith(prefix)})
        mend = (quantity and did_you_mean(quantity, names)) or "Leave out a filter."
        raise InputError(Problem("facts.quantity", "--quantity", "No subject has claims of this kind.", mend))
    if as_json:
        rows = [
            {"subject": name, "claims": len(claims), "quantities": sorted({c.quantity for c in claims})}
            for name, claims in found.items()
        ]
        emit({"subjects": rows})
        return
    table = _table("Subject", "Claims", "Sources", "Quantities", title=f"{len(found)} subject{'s' * (len(found) > 1)}")
    for name, claims in found.items():
        quantities = sorted({claim.quantity for claim in claims})
        more = f" … {len(quantities) - 4} more" if len(quantities) > 4 else ""
        sources = len({claim.source for claim in claims})
        table.add_row(Text(name), str(len(claims)), str(sources), Text(", ".join(quantities[:4]) + more))
    console().print(table)


# --- one subject --------------------------------------------------------------------------------------------------


def _facts_page(
    ledger: Ledger,
    claims: tuple[Claim, ...],
    estimate: Estimate | None,
    *,
    quantity: str | None,
    period: str | None,
) -> Group:
    """The claims as a table, then the estimate, what is counted, and what is missing."""
    subject = claims[0].subject
    title = " · ".join(word for word in (subject, quantity, period) if word)
    names = {claim.quantity for claim in claims}
    columns = ["Value", "Period", "Kind", "What is counted, remarks", "Source", "Claim"]
    table = _table(*(["Quantity"] if len(names) > 1 else []), *columns, title=title)
    table.columns[-6].justify = "right"
    for place in (0, -6, -1):  # names, values and ids are read whole
        table.columns[place].no_wrap = True
    for claim in claims:
        cells = [_value_text(claim), claim.period or "undated", claim.kind, _remark(ledger, claim)]
        cells += [ledger.source_of(claim).label(), claim.id.rsplit("/", 1)[1]]
        table.add_row(*(Text(cell) for cell in ([claim.quantity] if len(names) > 1 else []) + cells))
    lines = _below(ledger, claims, estimate, period=period)
    for gap in ledger.gaps_of(subject, quantity, period):
        lines.append(Text(f"Missing, {gap.period}: {gap.text}", style="yellow"))
    if also := ledger.see_also(subject):
        lines.append(Text(f"See also: {', '.join(also)} (perhaps the same thing).", style="dim"))
    return Group(table, *lines)


def _below(ledger: Ledger, claims: tuple[Claim, ...], estimate: Estimate | None, *, period: str | None) -> list[Text]:
    """The lines below the table: the estimate, its rule, the conflict and who counts what."""
    if estimate is None:
        return []
    chosen = "" if period else f" ({estimate.period})"
    lines = [Text(f"Estimate{chosen}: {_span_text(estimate)}", style="bold"), Text(f"  {estimate.rule}", style="dim")]
    if estimate.conflict:
        lines.append(Text("Conflict: independent sources contradict each other.", style="bold red"))
    used = [claim for claim in claims if claim.id in estimate.claims]
    counts = {count.who: count.counts for claim in used if (count := ledger.count_of(claim))}
    lines += [Text(f"  {who}: {counted}.") for who, counted in counts.items()]
    return lines


def _emit_facts(
    ledger: Ledger,
    claims: tuple[Claim, ...],
    estimate: Estimate | None,
    *,
    quantity: str | None,
    period: str | None,
    conflict: bool,
) -> None:
    """Print the JSON envelope of `facts`."""
    subject = claims[0].subject
    result = {
        "subject": subject,
        "quantity": quantity,
        "period": period,
        "claims": [_claim_json(ledger, claim) for claim in claims],
        "estimate": None if estimate is None else _estimate_json(estimate),
        "conflict": conflict,
        "gaps": [{"period": gap.period, "text": gap.text} for gap in ledger.gaps_of(subject, quantity, period)],
        "see_also": list(ledger.see_also(subject)),
    }
    chosen = [] if period or estimate is None else [{"name": "period", "value": estimate.period}]
    emit(result, defaults_used=chosen, claims=[claim.id for claim in claims])


def _claim_json(ledger: Ledger, claim: Claim) -> dict[str, Any]:
    count = ledger.count_of(claim)
    return {
        "id": claim.id,
        "subject": claim.subject,
        "quantity": claim.quantity,
        "value": claim.value,
        "low": claim.low,
        "high": claim.high,
        "unit": claim.unit,
        "as_stated": f"{claim.value_as_stated} {claim.unit_as_stated}".strip() or None,
        "usd": _usd_json(ledger, claim),
        "period": claim.period,
        "kind": claim.kind,
        "who": count.who if count else None,
        "counts": count.counts if count else None,
        "note": claim.note,
        "source": _source_json(ledger.source_of(claim)),
    }


def _usd_json(ledger: Ledger, claim: Claim) -> dict[str, Any] | None:
    """A sum in another currency as US dollars, with the claims of the rates."""
    if claim.unit not in {"EUR", "KZT", "AZN", "RUB", "CHF", "TRY"} or claim.value is None:
        return None
    day = rate_day(claim, ledger.source_of(claim))
    exchanged = ledger.rates.exchange(claim.value, claim.unit, "USD", on=day)
    return {"value": exchanged.value, "rates": list(exchanged.claims)}


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date,
        "url": source.url,
        "primary": source.primary,
    }


def _estimate_json(estimate: Estimate) -> dict[str, Any]:
    return {
        "low": estimate.low,
        "mid": estimate.mid,
        "high": estimate.high,
        "unit": estimate.unit,
        "rule": estimate.rule,
        "period": estimate.period,
        "kind": estimate.kind,
        "sources": estimate.sources,
        "claims": list(estimate.claims),
    }


# --- conflicts ----------------------------------------------------------------------------------------------------


def _conflicts_page(ledger: Ledger, shown: tuple[Conflict, ...], *, total: int) -> Table:
    """The disagreements as a table."""
    title = f"The {len(shown)} worst of {total} disagreements"
    table = _table("", "Subject", "Quantity, period", "Lower", "Higher", "Apart", "Sources", title=title)
    for place, found in enumerate(shown, start=1):
        ends = [f"{_value_text(claim)}\n{_who(ledger, claim)}" for claim in (found.low, found.high)]
        what = f"{found.quantity}\n{found.period or 'undated'}"
        cells = [str(place), found.subject, what, *ends, f"{found.difference:.0%}", str(found.sources)]
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _who(ledger: Ledger, claim: Claim) -> str:
    """Who stands behind a number: what is counted where known, else the publisher."""
    count = ledger.count_of(claim)
    label = ledger.source_of(claim).label()
    return f"{count.who}: {label}" if count else label


def _conflict_json(ledger: Ledger, found: Conflict) -> dict[str, Any]:
    return {
        "subject": found.subject,
        "quantity": found.quantity,
        "period": found.period,
        "group": found.group,
        "difference": found.difference,
        "sources": found.sources,
        "low": _claim_json(ledger, found.low),
        "high": _claim_json(ledger, found.high),
        "claims": [claim.id for claim in found.claims],
    }


# --- words and numbers --------------------------------------------------------------------------------------------


def _table(*columns: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _remark(ledger: Ledger, claim: Claim) -> str:
    """Whose count it is, and the note."""
    count = ledger.count_of(claim)
    return ": ".join(word for word in (count.who if count else "", claim.note) if word)


def _value_text(claim: Claim) -> str:
    """Value with its range: `331.7 M USD`, `5–6 d`, `at least 90 %`."""
    value, low, high, unit = claim.value, claim.low, claim.high, claim.unit
    if not claim.is_number:
        return "–"
    if (value is None or value == low) and low is not None and high is None:
        return f"at least {_number(low, unit)}"
    if (value is None or value == high) and high is not None and low is None:
        return f"at most {_number(high, unit)}"
    if value is None:
        return _number(low, unit, high)
    if low is None and high is None:
        return _number(value, unit)
    ends = [number for number in (low, value, high) if number is not None]
    return f"{_number(value, unit)}\n({_number(min(ends), unit, max(ends))})"


def _span_text(estimate: Estimate) -> str:
    """Mid and range of an estimate."""
    mid = _number(estimate.mid, estimate.unit)
    if estimate.low is None or estimate.high is None:
        return f"{'at most' if estimate.low is None else 'at least'} {mid}"
    if estimate.low == estimate.high:
        return mid
    return f"{mid}, range {_number(estimate.low, estimate.unit, estimate.high)}"


def _number(value: float | None, unit: str, upper: float | None = None) -> str:
    """A number, or a range, with a unit a person would use: `331.7 M USD`, `4.48 Mt`, `3,128 km`."""
    ends = [end for end in (value, upper) if end is not None]
    size = max(abs(end) for end in ends)
    scale, unit = _scaled_unit(size, unit)
    digits = 10 if all(end == int(end) for end in ends) and scale == 1 else 6
    return "–".join(_plain(end / scale, digits) for end in ends) + f" {unit}"


def _scaled_unit(size: float, unit: str) -> tuple[float, str]:
    head, slash, rest = unit.partition("/")
    if head == "t" and size >= 1e3:
        return (1e6, f"Mt{slash}{rest}") if size >= 1e6 else (1e3, f"kt{slash}{rest}")
    if head in {"USD", "EUR", "KZT", "AZN", "RUB", "CHF"} and size >= 1e6:
        return (1e9, f"bn {unit}") if size >= 1e9 else (1e6, f"M {unit}")
    return 1.0, unit


def _plain(number: float, digits: int) -> str:
    """A number of so many significant digits, thousands parted, no needless zeros."""
    return f"{float(f'{number:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")
