"""What stands without a day: the state of the first of the base year."""

import datetime as dt

from transcaspian.corridor import load_corridor
from transcaspian.scenario import apply_asked


def test_without_a_day_it_is_the_first_of_the_base_year():
    base = load_corridor()
    dated = base.at(dt.date(2024, 1, 1))
    for name, table in base.tables.items():
        assert all(
            (table.mid[column] == dated[name].mid[column]).all() for column in table.mid if column not in table.low
        )
    built = apply_asked(base, "aktau-dredged").corridor
    row = built["depths"].get_row("KZAAU.oil_berths.depth")
    assert built["depths"].floats("depth_m")[row] == built.at(dt.date(2024, 1, 1))["depths"].floats("depth_m")[row]
    assert built["depths"].floats("depth_m")[row] > base["depths"].floats("depth_m")[row]
