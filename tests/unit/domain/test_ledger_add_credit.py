from onebill.domain.account import AccountState
from onebill.domain.ledger import add_credit
from onebill.domain.money import parse_usd
from tests.builders import a_configuration, an_account
from tests.unit.domain.holds import spent


class TestAddCredit:
    def test_raises_what_is_available_and_what_was_ever_credited(self):
        credited = add_credit(
            an_account("1.00", sequence=4), amount_nano_usd=parse_usd("2.50"), operation="G|0|g|1"
        )

        assert credited.available_nano_usd == parse_usd("3.50")
        assert credited.credited_nano_usd == parse_usd("3.50")
        assert (credited.sequence, credited.operation) == (5, "G|0|g|1")

    def test_works_in_every_state(self):
        account = an_account("0", configuration=a_configuration(state=AccountState.FROZEN))

        credited = add_credit(account, amount_nano_usd=1, operation="G|0|g|1")

        assert credited.available_nano_usd == 1

    def test_leaves_the_windows_alone(self):
        account = an_account(windows=spent("2.00"))

        credited = add_credit(account, amount_nano_usd=1, operation="G|0|g|1")

        assert credited.windows == spent("2.00")
