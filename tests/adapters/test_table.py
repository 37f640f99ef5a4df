"""Domain objects survive the way into an item and back."""

from datetime import timedelta

import pytest

from onebill.adapters.dynamodb.table import (
    decode_account,
    decode_api_key,
    decode_hold,
    encode_account,
    encode_api_key,
    encode_hold,
)
from onebill.domain.account import AccountState, BooksDoNotBalance
from onebill.domain.money import parse_usd
from tests.builders import NOW, a_configuration, a_hold, an_account, an_api_key


def a_busy_account():
    hold = a_hold("1.00")
    return an_account(
        "4.00",
        credited_nano_usd=parse_usd("5.00"),
        held_nano_usd=parse_usd("1.00"),
        holds={hold.id: hold},
        windows={"d:2026-11-23": parse_usd("1.00"), "w:2026-W48": 7, "m:2026-11": -3},
        configuration=a_configuration(
            version=9, state=AccountState.FROZEN, day="1.00", month="2.00", in_flight_max=3
        ),
    )


def test_an_account_survives():
    account = a_busy_account()

    assert decode_account(encode_account(account)) == account


@pytest.mark.parametrize("expires_at", [None, NOW + timedelta(days=1)])
def test_an_api_key_survives(expires_at):
    api_key = an_api_key(expires_at=expires_at, revoked=True)

    assert decode_api_key(encode_api_key(api_key)) == api_key


@pytest.mark.parametrize("amount_nano_usd", [0, 1, 10**18])
def test_a_hold_survives(amount_nano_usd):
    hold = a_hold(amount_nano_usd=amount_nano_usd, expires_at=0)

    assert decode_hold(hold.id, encode_hold(hold)) == hold


def test_a_hold_of_a_cent_with_its_id_takes_39_bytes():
    hold = a_hold("0.01", id="abcdefgh23456789")

    assert len(hold.id) + len(encode_hold(hold)) <= 39


def test_an_item_whose_books_do_not_balance_is_a_crash():
    item = encode_account(a_busy_account())
    item["held"] = {"N": "1"}

    with pytest.raises(BooksDoNotBalance):
        decode_account(item)


def test_an_item_whose_holds_do_not_add_up_is_a_crash():
    item = encode_account(a_busy_account())
    item["holds"] = {"M": {}}

    with pytest.raises(BooksDoNotBalance, match="I2"):
        decode_account(item)
