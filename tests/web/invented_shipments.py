"""Three shipments for the tests of the page. Every figure here is INVENTED; only the places are real.

The page is drawn from plain dicts, so the tests build them by hand: moves along given points, operations at places.
"""

from __future__ import annotations

from typing import Any

PLACES: dict[str, dict[str, Any]] = {
    key: {"name": name, "lon": lon, "lat": lat, "country": key[:2], "kind": kind}
    for key, name, lon, lat, kind in [
        ("CNXIA", "Xi'an", 108.94, 34.34, "inland_terminal"),
        ("CNKHG", "Khorgos", 80.42, 44.21, "border_station"),
        ("KZATK", "Altynkol", 80.33, 44.17, "border_station"),
        ("KZDZN", "Zhezkazgan", 67.71, 47.80, "junction"),
        ("KZ_SAKSAULSKAYA", "Saksaulskaya", 61.15, 47.10, "junction"),
        ("KZ_BEYNEU", "Beyneu", 55.19, 45.32, "junction"),
        ("KZAAU", "Aktau", 51.22, 43.60, "seaport"),
        ("KZKRY", "Kuryk", 51.66, 43.18, "seaport"),
        ("AZALA", "Alat", 49.41, 39.97, "seaport"),
        ("AZBAK", "Baku", 49.89, 40.38, "city"),
        ("AZ_BOYUK_KASIK", "Böyük Kəsik", 45.35, 41.19, "border_station"),
        ("GETBS", "Tbilisi", 44.80, 41.72, "city"),
        ("GEPTI", "Poti", 41.65, 42.15, "seaport"),
        ("GE_AKHALKALAKI", "Akhalkalaki", 43.48, 41.41, "border_station"),
        ("TRKSY", "Kars", 43.10, 40.60, "city"),
        ("TRSIV", "Sivas", 37.02, 39.75, "junction"),
        ("TRANK", "Ankara", 32.85, 39.93, "city"),
        ("TRIST", "Istanbul Halkalı", 28.77, 41.02, "inland_terminal"),
        ("BGKAP", "Kapıkule", 26.33, 41.72, "border_station"),
        ("BGRUS", "Ruse", 25.97, 43.85, "border_station"),
        ("ROCND", "Constanța", 28.65, 44.17, "seaport"),
        ("KZDOS", "Dostyk", 82.48, 45.25, "border_station"),
        ("KZAST", "Astana", 71.43, 51.17, "city"),
        ("RUOSK", "Ozinki", 49.73, 51.19, "border_station"),
        ("RUMOW", "Moscow", 37.62, 55.75, "city"),
        ("BYBRE", "Brest", 23.69, 52.10, "border_station"),
        ("PLMAL", "Małaszewicze", 23.53, 52.03, "inland_terminal"),
        ("HUZAH", "Záhony", 22.18, 48.40, "border_station"),
        ("ROCUR", "Curtici", 21.30, 46.35, "border_station"),
        ("CNSHG", "Shanghai Yangshan", 122.06, 30.62, "seaport"),
        ("SGSIN", "Singapore", 103.85, 1.25, "seaport"),
        ("XZ_BABELMANDEB", "Bab el-Mandeb", 43.30, 12.60, "waypoint"),
        ("EGSUZ", "Suez", 32.55, 29.93, "seaport"),
        ("EGPSD", "Port Said", 32.31, 31.27, "seaport"),
    ]
}

CLAIMS: dict[str, dict[str, Any]] = {
    f"invented:{n}/transit_time/{n:04x}": {
        "text": f"Invented claim {n}: container trains need this long on the section.",
        "publisher": ("Invented Railway", "Invented Port Authority", "Invented Gazette")[n % 3],
        "date": f"2024-{n % 12 + 1:02d}-15",
        "url": f"https://example.org/claims/{n}",
        "value": 3.5 + n,
        "unit": "d",
        "period": "2024",
    }
    for n in range(1, 25)
}
CLAIM_IDS = list(CLAIMS)

SEA_BLACK = [[41.65, 42.15], [40.0, 42.6], [34.0, 43.3], [30.0, 43.9], [28.65, 44.17]]
SEA_SUEZ = [
    [122.06, 30.62], [122.4, 29.0], [119.5, 24.5], [112.0, 14.0], [107.0, 6.0], [104.6, 1.3], [103.6, 1.15],
    [100.5, 3.4], [97.0, 5.9], [94.5, 6.3], [80.5, 5.6], [73.0, 8.0], [52.5, 12.9], [45.0, 12.0], [43.3, 12.6],
    [41.5, 15.5], [37.5, 21.5], [34.2, 27.2], [32.55, 29.93], [32.31, 31.27],
]  # fmt: skip
SEA_AEGEAN = [
    [32.31, 31.27], [28.5, 34.5], [25.8, 36.6], [25.0, 38.6], [26.0, 40.0], [26.7, 40.4], [28.0, 40.75], [28.95, 40.95],
    [29.15, 41.25], [29.2, 42.5], [28.65, 44.17],
]  # fmt: skip


def three(mid: float, low: float = 0.7, high: float = 1.5) -> dict[str, float]:
    return {"low": mid * low, "mid": mid, "high": mid * high}


def move(start: str, end: str, mode: str, km: float, time_h: float, **more: Any) -> dict[str, Any]:
    """One move; claims and path are given by name."""
    cost = {"rail": 0.55, "sea": 0.12, "road": 1.4, "pipeline": 0.03}[mode] * km * 2
    return {
        "kind": "move",
        "operation": None,
        "mode": mode,
        "from": start,
        "to": end,
        "gauge_mm": more.get("gauge_mm"),
        "operator": more.get("operator"),
        "time_h": three(time_h, 0.8, 1.6),
        "cost_usd": three(cost, 0.85, 1.2),
        "co2_kg": three(km * 0.5, 0.8, 1.3),
        "distance_km": km,
        "claims": [CLAIM_IDS[n] for n in more.get("claims", ())],
        "path": more.get("path") or [[PLACES[p]["lon"], PLACES[p]["lat"]] for p in (start, *more.get("via", ()), end)],
    }


def operate(
    place: str, operation: str, time_h: float, cost: float = 0.0, claims: tuple[int, ...] = ()
) -> dict[str, Any]:
    return {
        "kind": "operation",
        "operation": operation,
        "mode": None,
        "from": place,
        "to": place,
        "gauge_mm": None,
        "operator": None,
        "time_h": three(time_h, 0.4, 2.5),
        "cost_usd": three(cost),
        "co2_kg": three(cost * 0.05),
        "distance_km": 0.0,
        "claims": [CLAIM_IDS[n] for n in claims],
        "path": [],
    }


def alternative(label: str, corridor: str, legs: list[dict[str, Any]], borders: str) -> dict[str, Any]:
    """Totals that suit a picture; `borders` reads "CN KZ KZATK, KZ AZ AZALA"."""
    time_h = sum(leg["time_h"]["mid"] for leg in legs)
    claims = sorted({claim for leg in legs for claim in leg["claims"]})
    return {
        "corridor": corridor,
        "label": label,
        "time_h": three(time_h, 0.72, 1.55 if corridor == "middle" else 1.25),
        "cost_usd": three(sum(leg["cost_usd"]["mid"] for leg in legs), 0.8, 1.3),
        "co2_kg": three(sum(leg["co2_kg"]["mid"] for leg in legs), 0.8, 1.3),
        "reliability": {"spread_h": time_h * (0.83 if corridor == "middle" else 0.5)},
        "distance_km": sum(leg["distance_km"] for leg in legs),
        "legs": legs,
        "borders": [
            dict(zip(("from_country", "to_country", "place"), each.split(), strict=True))
            for each in borders.split(", ")
        ],
        "claims": claims,
        "assumptions": [
            {
                "cell": "operations:KZAAU.tranship_container:time_h",
                "reason": "No port publishes its handling time; invented for this test.",
                "low": 12.0,
                "high": 96.0,
            },
            {
                "cell": "tariffs:middle.rail.feu:cost_usd_per_unit_load_km",
                "reason": "Invented.",
                "low": 0.42,
                "high": 0.71,
            },
        ],
    }


def to_the_caspian(port: str = "KZAAU") -> list[dict[str, Any]]:
    """Xi'an to a Kazakh port: the part that all Middle routes share."""
    kz = {"gauge_mm": 1520, "operator": "KTZ"}
    return [
        operate("CNXIA", "load", 10, 160),
        operate("CNXIA", "clear_customs", 18, 90, (1,)),
        operate("CNXIA", "wait", 40),
        move(
            "CNXIA",
            "CNKHG",
            "rail",
            3230,
            92,
            gauge_mm=1435,
            operator="China Railway",
            claims=(2, 3),
            path=[[108.94, 34.34], [103.8, 36.06], [94.0, 40.6], [87.6, 43.8], [80.42, 44.21]],
        ),
        operate("CNKHG", "cross_border", 14, 40, (4,)),
        move("CNKHG", "KZATK", "rail", 8, 2, gauge_mm=1435, operator="China Railway"),
        operate("KZATK", "change_gauge", 16, 190, (5, 6, 7)),
        move(
            "KZATK", "KZDZN", "rail", 1510, 51, path=[[80.33, 44.17], [77.1, 43.9], [73.8, 45.0], [67.71, 47.8]], **kz
        ),
        move("KZDZN", "KZ_SAKSAULSKAYA", "rail", 560, 18, claims=(8,), **kz),
        move("KZ_SAKSAULSKAYA", "KZ_BEYNEU", "rail", 540, 16, claims=(8, 9), **kz),
        move("KZ_BEYNEU", port, "rail", 480, 17, via=(), claims=(10,), **kz),
        operate(port, "wait", 84, 0, (11, 12)),
        operate(port, "tranship", 30, 240, (13,)),
        move(
            port,
            "AZALA",
            "sea",
            470,
            27,
            operator="ASCO",
            claims=(14, 15, 16),
            path=[[PLACES[port]["lon"], PLACES[port]["lat"]], [50.9, 42.0], [50.9, 40.4], [50.1, 39.8], [49.41, 39.97]],
        ),
        operate("AZALA", "cross_border", 12, 60),
        operate("AZALA", "tranship", 26, 220, (17,)),
        move(
            "AZALA",
            "AZ_BOYUK_KASIK",
            "rail",
            440,
            16,
            gauge_mm=1520,
            operator="ADY",
            path=[[49.41, 39.97], [47.1, 40.5], [45.35, 41.19]],
        ),
        operate("AZ_BOYUK_KASIK", "cross_border", 9, 30),
        move("AZ_BOYUK_KASIK", "GETBS", "rail", 60, 4, gauge_mm=1520, operator="GR", claims=(18,)),
    ]


def xian_constanta() -> dict[str, Any]:
    """Four ways from Xi'an to Constanța."""
    by_poti = [
        *to_the_caspian(),
        move("GETBS", "GEPTI", "rail", 310, 14, gauge_mm=1520, operator="GR"),
        operate("GEPTI", "wait", 96, 0, (19,)),
        operate("GEPTI", "tranship", 20, 260),
        move("GEPTI", "ROCND", "sea", 1190, 58, operator="Invented Feeder", path=SEA_BLACK, claims=(20,)),
        operate("ROCND", "cross_border", 12, 80),
        operate("ROCND", "clear_customs", 16, 110),
        operate("ROCND", "unload", 8, 190),
    ]
    tcdd = {"gauge_mm": 1435, "operator": "TCDD"}
    by_btk = [
        *to_the_caspian("KZKRY"),
        move("GETBS", "GE_AKHALKALAKI", "rail", 160, 9, gauge_mm=1520, operator="GR", claims=(21,)),
        operate("GE_AKHALKALAKI", "change_gauge", 20, 210, (21,)),
        move("GE_AKHALKALAKI", "TRKSY", "rail", 105, 6, **tcdd),
        move("TRKSY", "TRSIV", "rail", 640, 26, **tcdd),
        move("TRSIV", "TRANK", "rail", 405, 14, **tcdd),
        move("TRANK", "TRIST", "rail", 560, 20, **tcdd),
        move("TRIST", "BGKAP", "rail", 240, 9, **tcdd),
        operate("BGKAP", "cross_border", 18, 60),
        move("BGKAP", "BGRUS", "rail", 420, 16, gauge_mm=1435, operator="BDŽ"),
        move("BGRUS", "ROCND", "road", 240, 6, operator="haulier"),
        operate("ROCND", "unload", 6, 190),
    ]
    rzd = {"gauge_mm": 1520, "operator": "RZD"}
    northern = [
        operate("CNXIA", "load", 10, 160),
        move(
            "CNXIA",
            "KZDOS",
            "rail",
            3600,
            98,
            gauge_mm=1435,
            operator="China Railway",
            claims=(2,),
            path=[[108.94, 34.34], [103.8, 36.06], [94.0, 40.6], [87.6, 43.8], [82.48, 45.25]],
        ),
        operate("KZDOS", "change_gauge", 14, 190, (5,)),
        move("KZDOS", "KZAST", "rail", 1330, 36, gauge_mm=1520, operator="KTZ"),
        move(
            "KZAST",
            "RUOSK",
            "rail",
            1500,
            40,
            path=[[71.43, 51.17], [63.6, 53.2], [57.2, 50.3], [51.4, 51.2], [49.73, 51.19]],
            gauge_mm=1520,
            operator="KTZ",
        ),
        move("RUOSK", "RUMOW", "rail", 1130, 26, **rzd),
        move("RUMOW", "BYBRE", "rail", 1100, 24, gauge_mm=1520, operator="BCh", claims=(22,)),
        operate("PLMAL", "change_gauge", 40, 200, (22, 23)),
        move("PLMAL", "HUZAH", "rail", 560, 22, gauge_mm=1435, operator="PKP Cargo"),
        move("HUZAH", "ROCUR", "rail", 260, 12, gauge_mm=1435, operator="Rail Cargo"),
        move("ROCUR", "ROCND", "rail", 850, 30, gauge_mm=1435, operator="CFR"),
        operate("ROCND", "unload", 8, 190),
    ]
    ocean = [
        operate("CNXIA", "load", 8, 160),
        move("CNXIA", "CNSHG", "rail", 1500, 46, gauge_mm=1435, operator="China Railway"),
        operate("CNSHG", "wait", 80),
        move("CNSHG", "EGPSD", "sea", 13900, 560, operator="ocean carrier", path=SEA_SUEZ, claims=(0,)),
        operate("EGPSD", "tranship", 60, 200),
        move("EGPSD", "ROCND", "sea", 1750, 90, operator="feeder", path=SEA_AEGEAN),
        operate("ROCND", "unload", 10, 190),
    ]
    middle = "CN KZ KZATK, KZ AZ AZALA, AZ GE AZ_BOYUK_KASIK"
    return {
        "id": "xian-constanta",
        "title": "Xi'an – Constanța",
        "question": "2 FEU from Xi'an to Constanța",
        "load": "2 FEU",
        "alternatives": [
            alternative("Middle by Aktau, Alat and Poti", "middle", by_poti, f"{middle}, GE RO ROCND"),
            alternative(
                "Middle by Kuryk, Alat and Baku–Tbilisi–Kars",
                "middle",
                by_btk,
                f"{middle}, GE TR TRKSY, TR BG BGKAP, BG RO BGRUS",
            ),
            alternative(
                "Northern by Dostyk, Moscow and Brest",
                "northern",
                northern,
                "CN KZ KZDOS, KZ RU RUOSK, RU BY BYBRE, BY PL BYBRE, PL HU HUZAH, HU RO ROCUR",
            ),
            alternative("Ocean by Shanghai, Suez and Port Said", "ocean", ocean, "CN EG EGPSD, EG RO ROCND"),
        ],
    }


def aktau_baku() -> dict[str, Any]:
    """Crude by tanker and by an invented pipeline: one short shipment, with the fourth mode."""
    tanker = [
        operate("KZAAU", "load", 20, 900),
        move(
            "KZAAU",
            "AZBAK",
            "sea",
            390,
            26,
            operator="Kazmortransflot",
            claims=(14,),
            path=[[51.22, 43.6], [50.9, 41.5], [50.6, 40.3], [49.89, 40.38]],
        ),
        operate("AZBAK", "unload", 18, 800),
    ]
    pipe = [move("KZAAU", "AZBAK", "pipeline", 420, 60, operator="Invented Pipeline")]
    return {
        "id": "aktau-baku",
        "title": "Aktau – Baku, crude",
        "question": "10 000 t crude from Aktau to Baku",
        "load": "10 000 t crude",
        "alternatives": [
            alternative("Tanker by Aktau and Baku", "middle", tanker, "KZ AZ AZBAK"),
            alternative("Pipeline under the sea", "middle", pipe, "KZ AZ AZBAK"),
        ],
    }


def shipments() -> list[Any]:
    return [xian_constanta(), aktau_baku()]
