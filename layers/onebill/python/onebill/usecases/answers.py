"""What a paid request leaves behind: a receipt, and for a buffered one the whole answer."""

from dataclasses import dataclass
from typing import Literal

from onebill.domain.json_value import JsonObject
from onebill.domain.usage import Usage

Outcome = Literal["answered", "failed_mid_stream", "abandoned", "too_large"]
"""`abandoned`: the client left a stream; the provider was read to its end all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Everything the books and the logs want to know of one answered request.

    `stated_usage` is the JSON the caller is shown, with the cost in it.
    `estimated`: the provider reported no usage. `contradictory`: its figures did not add up.
    `unsettled`: the ledger did not answer, so the hold is still open and the charge at risk.
    `late`: the hold had expired before it could be settled; the cost was not debited.
    """

    request_id: str
    account_id: str
    key_id: str
    hold_id: str
    model: str
    price_version: str
    usage: Usage
    stated_usage: bytes
    held_nano_usd: int
    cost_nano_usd: int
    available_nano_usd: int | None
    outcome: Outcome
    estimated: bool
    contradictory: bool
    unsettled: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferedAnswer:
    """A whole answer, already settled. `output_cap` is set if it is not the client's own."""

    body: JsonObject
    receipt: Receipt
    output_cap: int | None
