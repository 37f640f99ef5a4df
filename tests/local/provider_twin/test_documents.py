"""The README and the catalogue overlay say what the table of behaviours says."""

from datetime import date
from pathlib import Path

import pytest

import local.provider_twin
from local.provider_twin.behaviours import BEHAVIOURS
from onebill.adapters.catalog.catalog import PriceCatalog

PACKAGE = Path(local.provider_twin.__file__).parent
A_DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalog():
    overlay = PACKAGE / "overlay.json"
    return PriceCatalog.load(overlays=[overlay], base_urls={"*": "http://127.0.0.1:1/v1"})


def test_the_readme_has_every_row_of_the_table():
    readme = (PACKAGE / "README.md").read_text()
    _, table = readme.split("| model | what it does |\n|---|---|\n")

    rows = [f"| `{item.name}` | {item.summary} |\n" for item in BEHAVIOURS.values()]
    assert table.startswith("".join(rows) + "\n")


def test_every_behaviour_is_for_sale(catalog):
    sold = [model.id for model in catalog.models() if model.provider.id == "twin"]

    assert sold == sorted(f"twin/{name}" for name in BEHAVIOURS)


def test_no_other_behaviour_is_for_sale(catalog):
    twins = [model for model in catalog.models() if model.provider.id.startswith("twin")]

    assert {model.upstream_name for model in twins} == set(BEHAVIOURS)


def test_prices_and_limits_are_the_same_everywhere(catalog):
    twins = [model for model in catalog.models() if model.provider.id.startswith("twin")]
    rates = {model.base_rates_on(A_DAY) for model in twins}
    limits = {(model.max_input_tokens, model.max_output_tokens, model.accepts) for model in twins}

    (rate,) = rates
    assert (rate.input, rate.cache_read) == (1_000_000, 100_000)
    assert (rate.output, rate.reasoning) == (2_000_000, 2_000_000)
    assert limits == {(128_000, 16_384, frozenset({"text", "image"}))}


def test_quirks_have_providers_of_their_own(catalog):
    usual = catalog.find("twin/echo").provider
    apart = catalog.find("twin-apart/reasons-apart").provider
    plain = catalog.find("twin-plain/omits-done").provider

    assert (usual.reports_reasoning_apart, apart.reports_reasoning_apart) == (False, True)
    assert (usual.ends_with_done, plain.ends_with_done) == (True, False)
    assert (usual.takes_stream_options, plain.takes_stream_options) == (True, False)
    assert (usual.output_cap_field, plain.output_cap_field) == (
        "max_completion_tokens",
        "max_tokens",
    )
