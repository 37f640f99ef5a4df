"""docs/limits.md lists every limit of the code, with its value and its place."""

import importlib

from tests.architecture.project import HOUSE, table_rows

UNITS = {"MiB": 1024 * 1024, "KiB": 1024}
NO_LIMITS = {"NANO_USD_PER_USD", "PICO_USD_PER_NANO_USD", "SECONDS_PER_DAY", "SCHEMA"}
"""Conversions, and a version."""

NO_LIMITS |= {"ENTROPY_BYTES"}
"""The format of a key."""


def documented():
    rows = (row for row in table_rows("docs/limits.md") if row[0].startswith("`"))
    return {(module.strip("`"), name.strip("`")): read(value) for name, value, module, _ in rows}


def read(value):
    number, _, unit = value.partition(" ")
    if "^" in number:
        base, exponent = number.split("^")
        return int(base) ** int(exponent)
    return float(number) * UNITS.get(unit, 1)


def in_the_code():
    found = {}
    for path in sorted((HOUSE / "onebill").rglob("*.py")):
        name = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        source = path.read_text()
        for constant, value in vars(module).items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            is_own = f"\n{constant} = " in source or f"\n{constant}: " in source
            if constant.isupper() and constant[0] != "_" and is_number and is_own:
                found[name.removeprefix("onebill."), constant] = value
    return found


def test_every_limit_is_documented_with_its_value():
    limits = {place: value for place, value in in_the_code().items() if place[1] not in NO_LIMITS}

    assert documented() == limits
