"""The packaged ledger: sound, fast, rebuildable, and the figures it must show."""

import importlib.util
import os
import random
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from transcaspian.errors import InputError
from transcaspian.evidence import KINDS, Ledger, load_ledger
from transcaspian.evidence.claims import KIND_GROUPS
from transcaspian.evidence.ledger import PACKAGED_LEDGER
from transcaspian.evidence.units import parse_unit

ROOT = Path(__file__).parents[2]
FACTS = Path(os.environ.get("TRANSCASPIAN_FACTS", ROOT.parent / "shared" / "facts"))


@pytest.fixture
def ledger() -> Ledger:
    return load_ledger()


@pytest.fixture
def builder() -> ModuleType:
    path = ROOT / "tools" / "ledger" / "build_ledger.py"
    spec = importlib.util.spec_from_file_location("build_ledger", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_ledger"] = module
    spec.loader.exec_module(module)
    return module


def test_claims_are_unique_and_well_formed(ledger: Ledger) -> None:
    ids = [claim.id for claim in ledger.claims]
    assert len(ids) == len(set(ids)) > 2900
    for claim in ledger.claims:
        assert re.fullmatch(re.escape(f"{claim.subject}/{claim.quantity}/") + r"[0-9a-f]{4,}", claim.id)
        assert claim.kind in KINDS
        assert claim.source in ledger.sources
        parse_unit(claim.unit)
    assert set(KIND_GROUPS) == set(KINDS)


def test_every_figure_of_the_notes_is_a_claim(ledger: Ledger) -> None:
    entered = {int(number) for claim in ledger.claims for number in re.findall(r"^N(\d+)\b", claim.note)}
    assert entered == set(range(1, 34))
    assert ledger.estimate("rail:lanzhou-urumqi", "length").mid == 1904
    assert ledger.estimate("rail:kazakhstan", "border_crossing_time_inbound", "2020").mid == 54.4


def test_sources_hold_no_text_and_are_all_used(ledger: Ledger) -> None:
    assert {claim.source for claim in ledger.claims} == set(ledger.sources)
    assert max(len(source.title) for source in ledger.sources.values()) < 250
    assert max(len(claim.note) for claim in ledger.claims) < 250
    seeds = [source for source in ledger.sources.values() if source.url.startswith("seed:")]
    assert seeds
    assert all("/" not in source.url and not source.url.endswith(".txt") for source in seeds)


def test_copies_of_one_press_release_are_one_source(ledger: Ledger) -> None:
    addresses = [source.url for source in ledger.sources.values() if source.url and "github.com" not in source.url]
    assert len(addresses) == len(set(addresses))
    shared = [c for c in ledger.find("trade:kz-az", "trade_turnover") if c.period in {"2024", "2025-H1"}]
    azertac = {claim.source for claim in shared if "AZERTAC" in ledger.source_of(claim).publisher}
    assert len(azertac) == 1


def test_both_counts_of_the_first_half_of_2025_stand_side_by_side(ledger: Ledger) -> None:
    claims = ledger.find("trade:kz-az", "trade_turnover", "2025-H1")
    assert [claim.value for claim in claims] == [331_700_000, 501_000_000]
    counts = [ledger.count_of(claim) for claim in claims]
    assert [count.who for count in counts if count] == ["Kazakh count", "Azerbaijani count"]
    made = ledger.estimate("trade:kz-az", "trade_turnover", "2025-H1")
    assert (made.low, made.high, made.conflict) == (331_700_000, 501_000_000, True)


def test_2024_has_no_kazakh_figure_and_says_so(ledger: Ledger) -> None:
    claims = ledger.find("trade:kz-az", "trade_turnover", "2024")
    assert {claim.value for claim in claims} == {470_000_000}
    (gap,) = ledger.gaps_of("trade:kz-az", "trade_turnover", "2024")
    assert "No Kazakh figure" in gap.text
    (undated,) = ledger.find("trade:kz-az", "trade_turnover", "undated")
    assert undated.value == 529_000_000
    of_2023 = [c for c in ledger.find("trade:kz-az", "trade_turnover", "2023") if c.value == 529_400_000]
    assert len({claim.source for claim in of_2023}) == 2


def test_the_kazakh_figure_of_2023_leads_over_the_unsourced_one(ledger: Ledger) -> None:
    made = ledger.estimate("trade:kz-az", "trade_turnover", "2023")
    assert (made.mid, made.high, made.conflict) == (529_400_000, 598_470_000, True)


def test_equal_periods_are_found_however_they_are_written(ledger: Ledger) -> None:
    half = ledger.find("trade:kz-az", "trade_turnover", "2025-H1")
    assert half == ledger.find("trade:kz-az", "trade_turnover", "2025-01/2025-06")
    assert half == ledger.find("trade:kz-az", "trade_turnover", "2025-01-01/2025-06-30")


def test_mass_is_in_tonnes_and_what_was_printed_is_kept(ledger: Ledger) -> None:
    assert not {"Mt", "kt", "Mt/yr", "kt/yr", "kt/month"} & {claim.unit for claim in ledger.claims}
    (claim,) = ledger.find("corridor:middle", "volume_via_caspian_ports")
    assert (claim.value, claim.unit) == (3_300_000, "t")
    assert (claim.value_as_stated, claim.unit_as_stated) == ("3.3", "Mt")


def test_names_that_mean_the_same_are_joined_and_doubtful_ones_offered(ledger: Ledger) -> None:
    quantities = {claim.quantity for claim in ledger.find("corridor:middle", "volume")}
    assert quantities == {"volume", "throughput"}
    assert ledger.see_also("fleet:asco") == ("fleet:asco-ferries",)
    assert not ledger.see_also("port:aktau")


def test_every_hand_written_row_of_the_small_tables_has_a_use(ledger: Ledger) -> None:
    for alias in ledger.aliases:
        if alias.what == "subject":
            assert {alias.name, alias.same_as} & set(ledger.subjects)
        else:
            stem = alias.name.removesuffix("*")
            assert any(claim.quantity.startswith(stem) for claim in ledger.claims), alias
    used = {count for claim in ledger.claims if (count := ledger.count_of(claim))}
    assert used == set(ledger.counts)
    for gap in ledger.gaps:
        assert ledger.find(gap.subject, gap.quantity)


def test_oil_meets_in_barrels_only_with_a_stated_grade(ledger: Ledger) -> None:
    made = ledger.estimate("pipeline:cpc", "capacity", "2024", unit="kb/d", grade="cpc-blend")
    assert made.mid == pytest.approx(81.5e6 * 7.82 / 365 / 1e3)
    assert made.claims[-1].startswith("grade:cpc-blend/")
    with pytest.raises(InputError, match="barrels per tonne"):
        ledger.estimate("pipeline:cpc", "capacity", "2024", unit="kb/d")
    with pytest.raises(InputError, match="cpc-blend"):
        ledger.estimate("pipeline:cpc", "capacity", "2024", unit="kb/d", grade="cpc-blent")


def test_every_currency_reaches_the_dollar(ledger: Ledger) -> None:
    for claim in ledger.claims:
        currency = parse_unit(claim.unit).currency()
        if currency and "USD" not in claim.unit and not claim.subject.startswith("currency:"):
            to = claim.unit.replace("qepik", "USD").replace(currency, "USD")
            exchanged = ledger.rates.exchange(1.0, claim.unit, to, on=ledger.source_of(claim).published)
            assert 0 < exchanged.value < 2
            assert exchanged.claims


def test_estimates_exist_for_everything_with_a_number(ledger: Ledger) -> None:
    for subject, quantity in {(c.subject, c.quantity) for c in ledger.claims if c.is_number}:
        made = ledger.estimate(subject, quantity)
        assert made.low is None or made.low <= made.mid
        assert made.high is None or made.high >= made.mid
        assert all(ledger.get_claim(claim_id) for claim_id in made.claims)


def test_unknown_ids_offer_the_nearest(ledger: Ledger) -> None:
    known = ledger.claims[0]
    assert ledger.get_claim(known.id) == known
    with pytest.raises(InputError, match="Did you mean"):
        ledger.get_claim(known.id[:-1] + "z")
    with pytest.raises(InputError):
        ledger.get_source("nobody")
    assert ledger.find("port:nowhere") == ()


def test_the_ledger_is_read_once() -> None:
    assert load_ledger() is load_ledger()


def test_a_damaged_ledger_is_named_by_file_and_row(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"claims\.csv"):
        load_ledger(tmp_path)
    for path in PACKAGED_LEDGER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "claims.csv").read_text("utf-8").splitlines()
    (tmp_path / "claims.csv").write_text("\n".join([*text[:5], "a,b,c,many,,,t,,,2024,actual,s,f,n"]), "utf-8")
    with pytest.raises(InputError, match="row 6"):
        load_ledger(tmp_path)
    (tmp_path / "claims.csv").write_bytes(random.Random(7).randbytes(100_000))
    with pytest.raises(InputError, match="cannot be read"):
        load_ledger(tmp_path)
    (tmp_path / "claims.csv").write_text("", "utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        load_ledger(tmp_path)


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts files do not lie beside this copy of the project")
def test_the_packaged_tables_are_what_the_facts_give(builder: ModuleType) -> None:
    built = builder.build(FACTS)
    for name, text in (("claims.csv", built.claims), ("sources.csv", built.sources)):
        packaged = (PACKAGED_LEDGER / name).read_text("utf-8")
        stale = sorted(set(text.splitlines()) ^ set(packaged.splitlines()))
        assert not stale[:5], f"{name}: run tools/ledger/build_ledger.py"
        is_same = text == packaged  # not compared by assert: a difference of a megabyte takes minutes to print
        assert is_same


def test_the_builder_joins_copies_and_lengthens_clashing_ids(builder: ModuleType) -> None:
    plain = dict.fromkeys(builder.COLUMNS, "") | {"subject": "s:a", "quantity": "q", "unit": "t", "kind": "actual"}
    rows = [plain | {"value": str(n), "file": "one", "source_url": "https://a.b/c"} for n in range(400)]
    copy = rows[0] | {"file": "two"}
    (group,) = builder.group_claims([*rows, copy]).values()
    assert len(group) == 400
    assert group[0]["file"] == "one;two"
    lengths = {len(row["id"].rsplit("/", 1)[1]) for row in group}
    assert len({row["id"] for row in group}) == 400
    assert len(lengths) == 1


def test_the_builder_tells_one_source_from_two(builder: ModuleType) -> None:
    page = {"source_title": "Port grows", "source_publisher": "Gazette", "source_date": "2024-05-01", "source_url": ""}
    release = page | {"source_title": "Port of Aktau carried three million tonnes"}
    rows = [
        page | {"source_url": "https://www.a.b/news/1/"},
        page | {"source_url": "http://a.b/news/1#top", "source_title": "The port grows"},
        release | {"source_url": "https://c.d/1"},
        release | {"source_url": "https://e.f/2", "source_publisher": "Courier"},
        page | {"source_url": "https://github.com/x/y", "source_title": "Table one", "source_date": ""},
        page | {"source_url": "https://github.com/x/y", "source_title": "Table two", "source_date": ""},
    ]
    of_row, members = builder.group_sources(rows)
    names = [of_row[id(row)] for row in rows]
    assert names[0] == names[1]
    assert names[2] == names[3]
    assert names[4] != names[5]
    assert len(members) == 4
