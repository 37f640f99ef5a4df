from onebill.domain.ledger import reconfigure
from onebill.domain.money import parse_usd
from tests.builders import a_configuration, a_hold, an_account
from tests.unit.domain.holds import place, spent


class TestReconfigure:
    def test_raises_the_version_whatever_it_is_given(self):
        account = an_account(configuration=a_configuration(version=7), sequence=4)

        changed = reconfigure(
            account, configuration=a_configuration(version=99, day="1.00"), operation="F|0|limit"
        )

        assert changed.configuration == a_configuration(version=8, day="1.00")
        assert (changed.sequence, changed.operation) == (5, "F|0|limit")

    def test_moves_no_money(self):
        account = place(an_account("5.00"), a_hold("1.00"))

        changed = reconfigure(account, configuration=a_configuration(), operation="F|0|limit")

        assert changed.available_nano_usd == parse_usd("4.00")
        assert changed.holds == account.holds
        assert changed.windows == spent("1.00")
