import json
from datetime import date

import pytest

from cli.prices.commands import NothingToCheck, check, update
from onebill.adapters.catalog.entries import CatalogError
from tests.unit.cli.prices.builders import (
    TODAY,
    genai_model,
    genai_module,
    litellm_entry,
    litellm_map,
    write_wheels,
)

NEXT_MONTH = date(2026, 12, 23)
DEARER = "ModelPrice(input_mtok=Decimal('2'), output_mtok=Decimal('4'))"


@pytest.fixture
def wheels(tmp_path):
    """Two sources that agree on one model."""
    directory = tmp_path / "wheels"
    directory.mkdir()
    return write_wheels(
        directory, genai=genai_module(genai_model()), litellm=litellm_map(gpt=litellm_entry())
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "prices.json"


class TestUpdate:
    def test_writes_a_catalogue_and_says_what_is_in_it(self, path, wheels):
        report = update(path=path, wheels=wheels, today=TODAY)

        written = json.loads(path.read_text())
        assert written["version"] == "2026-11-23"
        assert written["models"]["openai/gpt"]["prices"] == [
            {
                "from": None,
                "status": "agreed",
                "tiers": [
                    {
                        "above_input_tokens": 0,
                        "rates": {"input": 1_000_000, "output": 4_000_000},
                    }
                ],
            }
        ]
        assert report.as_dict()["sold"] == {"openai": 1}
        assert "sold: 1 (openai 1)" in report.summary()

    def test_writes_nothing_when_nothing_changed(self, path, wheels):
        update(path=path, wheels=wheels, today=TODAY)
        before = path.read_bytes()

        report = update(path=path, wheels=wheels, today=NEXT_MONTH)

        assert path.read_bytes() == before
        assert not report.written
        assert "catalogue 2026-11-23 is up to date" in report.summary()

    def test_appends_a_new_price_from_the_day_of_the_run(self, path, wheels):
        update(path=path, wheels=wheels, today=TODAY)
        write_wheels(
            wheels,
            genai=genai_module(genai_model(prices=DEARER)),
            litellm=litellm_map(gpt=litellm_entry(input_cost_per_token=2e-06)),
            version="1.1.0",
        )

        report = update(path=path, wheels=wheels, today=NEXT_MONTH)

        prices = json.loads(path.read_text())["models"]["openai/gpt"]["prices"]
        assert [price["from"] for price in prices] == [None, "2026-12-23"]
        assert "openai/gpt input: 1000000 -> 2000000 (2026-12-23)" in report.summary()

    def test_takes_the_providers_from_beside_the_catalogue(self, path, wheels):
        path.with_name("providers.json").write_text('{"providers": {}}')

        with pytest.raises(CatalogError, match=r"providers\.anthropic"):
            update(path=path, wheels=wheels, today=TODAY)


class TestCheck:
    def test_agrees_with_what_was_just_made(self, path, wheels):
        update(path=path, wheels=wheels, today=TODAY)

        report = check(path=path, wheels=wheels, today=TODAY)

        assert report.ok
        assert "agrees with genai-prices 1.0.0 and litellm 1.0.0" in report.summary()

    @pytest.mark.parametrize(
        ("genai", "litellm", "found"),
        [
            pytest.param(
                genai_module(genai_model(prices=DEARER)),
                litellm_map(gpt=litellm_entry(input_cost_per_token=2e-06)),
                "changed",
                id="a changed price",
            ),
            pytest.param(
                genai_module(genai_model()),
                litellm_map(gpt=litellm_entry(deprecation_date="2026-11-01")),
                "vanished",
                id="a vanished model",
            ),
            pytest.param(
                genai_module(genai_model()),
                litellm_map(gpt=litellm_entry(output_cost_per_token=1e-06)),
                "newly_disputed",
                id="a new dispute about the same price",
            ),
        ],
    )
    def test_finds_every_kind_of_difference_and_writes_nothing(
        self, path, wheels, genai, litellm, found
    ):
        update(path=path, wheels=wheels, today=TODAY)
        before = path.read_bytes()
        write_wheels(wheels, genai=genai, litellm=litellm, version="1.1.0")

        report = check(path=path, wheels=wheels, today=NEXT_MONTH)

        differences = {
            kind: value
            for kind, value in report.as_dict().items()
            if kind in {"new", "changed", "vanished", "newly_disputed"} and value
        }
        assert list(differences) == [found]
        assert not report.ok
        assert "differs from" in report.summary()
        assert path.read_bytes() == before

    def test_is_content_with_less_than_could_be_sold(self, path, wheels):
        update(path=path, wheels=wheels, today=TODAY)
        write_wheels(
            wheels,
            genai=genai_module(genai_model(), genai_model("gpt-next")),
            litellm=litellm_map(**{"gpt": litellm_entry(), "gpt-next": litellm_entry()}),
            version="1.1.0",
        )

        report = check(path=path, wheels=wheels, today=NEXT_MONTH)

        assert report.ok
        assert report.as_dict()["new"] == ["openai/gpt-next"]

    def test_needs_a_catalogue(self, path, wheels):
        with pytest.raises(NothingToCheck):
            check(path=path, wheels=wheels, today=TODAY)


class TestSummary:
    def test_names_no_more_models_than_one_can_read(self, path, wheels):
        names = [f"gpt-{number}" for number in range(30)]
        write_wheels(
            wheels,
            genai=genai_module(*map(genai_model, names)),
            litellm=litellm_map(**dict.fromkeys(names, litellm_entry())),
            version="1.1.0",
        )

        report = update(path=path, wheels=wheels, today=TODAY)

        assert "new: 30" in report.summary()
        assert "and 10 more" in report.summary()
        assert len(report.as_dict()["new"]) == 30
