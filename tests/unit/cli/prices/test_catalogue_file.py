import json
from datetime import date

import pytest

from cli.prices.catalogue import DatedRates
from cli.prices.catalogue_file import read_catalogue, write_catalogue
from cli.prices.json_text import LINE_LENGTH, render
from cli.prices.merge import Dispute
from onebill.adapters.catalog.entries import CatalogError
from tests.unit.cli.prices.builders import a_catalogue, a_priced_model, a_tier, dated

DISPUTE = Dispute(
    model="openai/gpt",
    above_input_tokens=0,
    rate="input",
    genai_prices=1,
    litellm=2,
    taken=2,
)


class TestCatalogueFile:
    def test_reads_what_it_wrote(self, tmp_path):
        tiered = DatedRates(
            from_day=date(2026, 3, 1),
            status="disputed",
            tiers=(a_tier(input=1, output=2), a_tier(200_000, input=2, output=3)),
            one_source={"cache_read": "litellm"},
        )
        catalogue = a_catalogue(
            disputed=(DISPUTE,),
            excluded={"deprecated": ("openai/ada",)},
            gpt=a_priced_model(dated(), tiered),
            old=a_priced_model(withdrawn=date(2026, 5, 1)),
        )

        write_catalogue(tmp_path / "prices.json", catalogue)

        assert read_catalogue(tmp_path / "prices.json") == catalogue

    def test_there_may_be_none_yet(self, tmp_path):
        assert read_catalogue(tmp_path / "prices.json") is None

    def test_refuses_a_file_of_another_schema(self, tmp_path):
        path = tmp_path / "prices.json"
        path.write_text('{"schema": 2}')

        with pytest.raises(CatalogError, match="schema"):
            read_catalogue(path)


class TestRender:
    def test_keeps_small_things_on_one_line_and_breaks_large_ones(self):
        value = {"small": {"a": 1}, "large": ["x" * 60, "y" * 60], "empty": [], "none": None}

        text = render(value)

        assert json.loads(text) == value
        assert text.splitlines() == [
            "{",
            '  "small": {"a": 1},',
            '  "large": [',
            f'    "{"x" * 60}",',
            f'    "{"y" * 60}"',
            "  ],",
            '  "empty": [],',
            '  "none": null',
            "}",
        ]

    def test_leaves_room_for_the_comma(self):
        lines = render([["x" * 45, "y" * 42], 1]).splitlines()

        assert max(len(line) for line in lines) <= LINE_LENGTH
