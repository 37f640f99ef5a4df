"""The real clock and the real source of ids."""

import base64
import os
from datetime import UTC, datetime

from onebill.domain.api_key import ENTROPY_BYTES

_HOLD_ID_BYTES = 10
_REQUEST_ID_BYTES = 15
_KEY_ID_BYTES = 10


class SystemClock:
    """The `Clock` port on the machine's clock."""

    def now(self) -> datetime:
        """See `ports.Clock`."""
        return datetime.now(UTC)


class RandomIds:
    """The `Ids` port on the kernel's random numbers."""

    def hold_id(self) -> str:
        """See `ports.Ids`."""
        return _base32(_HOLD_ID_BYTES)

    def request_id(self) -> str:
        """See `ports.Ids`."""
        return "req_" + _base32(_REQUEST_ID_BYTES)

    def key_id(self) -> str:
        """See `ports.Ids`."""
        return "key_" + _base32(_KEY_ID_BYTES)

    def key_entropy(self) -> bytes:
        """See `ports.Ids`."""
        return os.urandom(ENTROPY_BYTES)


def _base32(length: int) -> str:
    return base64.b32encode(os.urandom(length)).decode().lower()
