"""The API key of a request, wherever the client puts it."""

from starlette.datastructures import Headers

from onebill.domain.api_key import PREFIX
from onebill.domain.errors import InvalidRequest

CLOUDFLARE_HEADER = "cf-aig-authorization"
_SCHEME = "bearer "


def api_key_of(headers: Headers) -> str | None:
    """The bearer token of ``cf-aig-authorization`` or ``authorization``, unchecked.

    As at Cloudflare, `authorization` beside the other header is a provider's key. Using it is
    not possible here, and paying from the balance instead would not be what was meant, so it
    is refused. Raises InvalidRequest.
    """
    ours = _bearer(headers.get(CLOUDFLARE_HEADER))
    other = _bearer(headers.get("authorization"))
    if ours is None:
        return other
    if other is not None and not other.startswith(PREFIX):
        raise InvalidRequest(
            f"Leave out the Authorization header, or send your API key in it: with "
            f"{CLOUDFLARE_HEADER} it would be a provider's key, which is not supported.",
            param="authorization",
        )
    return ours


def _bearer(value: str | None) -> str | None:
    if value is None or not value.lower().startswith(_SCHEME):
        return None
    return value[len(_SCHEME) :].strip()
