"""English names of the countries along the corridor and its rivals, by ISO 3166-1 alpha-2 code."""

from __future__ import annotations

COUNTRY_NAMES = {
    "AE": "United Arab Emirates", "AM": "Armenia", "AT": "Austria", "AZ": "Azerbaijan", "BE": "Belgium",
    "BG": "Bulgaria", "BY": "Belarus", "CH": "Switzerland", "CN": "China", "CZ": "Czechia", "DE": "Germany",
    "DJ": "Djibouti", "DK": "Denmark", "EE": "Estonia", "EG": "Egypt", "ES": "Spain", "FI": "Finland",
    "FR": "France", "GB": "United Kingdom", "GE": "Georgia", "GR": "Greece", "HR": "Croatia", "HU": "Hungary",
    "IN": "India", "IQ": "Iraq", "IR": "Iran", "IT": "Italy", "JP": "Japan", "KG": "Kyrgyzstan",
    "KR": "South Korea", "KZ": "Kazakhstan", "LK": "Sri Lanka", "LT": "Lithuania", "LV": "Latvia",
    "MA": "Morocco", "MD": "Moldova", "MN": "Mongolia", "MY": "Malaysia", "NL": "Netherlands", "NO": "Norway",
    "OM": "Oman", "PK": "Pakistan", "PL": "Poland", "PT": "Portugal", "RO": "Romania", "RS": "Serbia",
    "RU": "Russia", "SA": "Saudi Arabia", "SE": "Sweden", "SG": "Singapore", "SI": "Slovenia", "SK": "Slovakia",
    "SY": "Syria", "TJ": "Tajikistan", "TM": "Turkmenistan", "TR": "Türkiye", "UA": "Ukraine", "US": "United States",
    "UZ": "Uzbekistan", "XZ": "international waters", "ZA": "South Africa",
}  # fmt: skip


def country_name(code: str) -> str:
    """The English name, or the code itself when the table does not know it."""
    return COUNTRY_NAMES.get(code, code)
