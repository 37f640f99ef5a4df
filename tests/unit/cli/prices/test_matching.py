import pytest

from cli.prices.literal_calls import Call
from cli.prices.matching import matcher, spellings
from cli.prices.records import SourceChanged


def a_clause(kind, value):
    return Call(f"Clause{kind}", (), {"value": value})


class TestMatcher:
    @pytest.mark.parametrize(
        ("clause", "name", "expected"),
        [
            pytest.param(a_clause("Equals", "GPT-5"), "gpt-5", True, id="equals, in any case"),
            pytest.param(a_clause("Equals", "gpt-5"), "gpt-5.1", False, id="equals, not begins"),
            pytest.param(a_clause("StartsWith", "gpt-"), "gpt-5", True, id="begins"),
            pytest.param(a_clause("EndsWith", "-5"), "gpt-5", True, id="ends"),
            pytest.param(a_clause("Contains", "oss"), "gpt-oss-20b", True, id="contains"),
            pytest.param(a_clause("Regex", r"^gpt-\d$"), "gpt-5", True, id="regular expression"),
            pytest.param(a_clause("Regex", r"^gpt-\d$"), "gpt-51", False, id="and not"),
        ],
    )
    def test_evaluates_a_clause(self, clause, name, expected):
        assert matcher(clause)(name) is expected

    def test_evaluates_composed_clauses(self):
        either = a_clause("Or", [a_clause("Equals", "a"), a_clause("Equals", "b")])
        both = a_clause("And", [a_clause("StartsWith", "a"), a_clause("EndsWith", "z")])

        assert [matcher(either)(name) for name in "abc"] == [True, True, False]
        assert [matcher(both)(name) for name in ("az", "ab")] == [True, False]

    @pytest.mark.parametrize(
        "clause",
        [
            pytest.param("gpt-5", id="no clause"),
            pytest.param(a_clause("Sounds", "like"), id="a new kind"),
            pytest.param(Call("ClauseEquals", (), {}), id="no value"),
            pytest.param(a_clause("Equals", 5), id="a value of another type"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, clause):
        with pytest.raises(SourceChanged):
            matcher(clause)


class TestSpellings:
    def test_tries_a_compact_date_with_dashes_too(self):
        assert spellings("GPT-5.2-20251211") == ("gpt-5.2-20251211", "gpt-5.2-2025-12-11")

    def test_leaves_a_number_that_is_no_date(self):
        assert spellings("model-20250230") == ("model-20250230",)
