"""Errors in OpenAI's shape, and the ones every provider shares."""

from onebill.domain.json_value import JsonObject


class InvalidParameter(Exception):
    """A request that OpenAI would answer with status 400. `param` names the field."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code

    def as_json(self) -> JsonObject:
        """The body of the answer."""
        return error_json(self.message, param=self.param, code=self.code)


def error_json(
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
) -> JsonObject:
    """OpenAI's error body; `kind` is its `type`."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
