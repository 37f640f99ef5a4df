from decimal import Decimal

import pytest

from cli.prices.literal_calls import Call, read_assignment
from cli.prices.records import SourceChanged


class TestReadAssignment:
    def test_reads_literals_and_calls_without_running_anything(self):
        source = "x = Provider(id='a', prices=[Decimal('0.1'), None, True], more={'k': (1, 2)})"

        call = read_assignment(source, "x")

        assert call == Call(
            name="Provider",
            positional=(),
            keywords={"id": "a", "prices": [Decimal("0.1"), None, True], "more": {"k": [1, 2]}},
        )

    def test_reads_an_annotated_assignment_among_others(self):
        source = "import os\nother: int = 1\nanother = 2\nx: list[int] = [3]\n"

        assert read_assignment(source, "x") == [3]

    def test_names_are_only_written_down(self):
        call = read_assignment("x = datetime.time(1, tzinfo=datetime.UTC)", "x")

        assert call == Call("datetime.time", (1,), {"tzinfo": "datetime.UTC"})

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param("y = 1", id="another variable"),
            pytest.param("x = 1 + 1", id="arithmetic"),
            pytest.param("x = [n for n in y]", id="a comprehension"),
            pytest.param("x = f(**y)", id="unpacked keywords"),
            pytest.param("x = {**y}", id="an unpacked dictionary"),
            pytest.param("x = lambda: 1", id="a function"),
        ],
    )
    def test_refuses_what_is_not_data(self, source):
        with pytest.raises(SourceChanged):
            read_assignment(source, "x")
