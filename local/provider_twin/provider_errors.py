"""The errors of a provider, word for word like OpenAI's where OpenAI has them."""

from local.provider_twin.reply import Headers, error_reply

RETRY_AFTER: Headers = ((b"retry-after", b"7"),)

NO_KEY = error_reply(
    401, "You didn't provide an API key. Use an Authorization header: Bearer YOUR_KEY."
)
WRONG_KEY = error_reply(401, "Incorrect API key provided.", code="invalid_api_key")
NO_CREDIT = error_reply(
    402,
    "You exceeded your current quota, please check your plan and billing details.",
    kind="insufficient_quota",
    code="insufficient_quota",
)
RATE_LIMITED = error_reply(
    429,
    "Rate limit reached. Please try again in 7s.",
    kind="requests",
    code="rate_limit_exceeded",
    headers=RETRY_AFTER,
)
REFUSED = error_reply(
    400, "Your input was refused by the provider.", code="content_policy_violation"
)
NO_SUCH_MODEL = error_reply(
    404, "The model does not exist or you do not have access to it.", code="model_not_found"
)
BROKEN = error_reply(
    500, "The server had an error while processing your request.", kind="server_error"
)
UNAVAILABLE = error_reply(503, "The service is unavailable.", kind="server_error")
OVERLOADED = error_reply(529, "Overloaded", kind="overloaded_error")
NO_SUCH_URL = error_reply(404, "Invalid URL.", code="unknown_url")
WRONG_METHOD = error_reply(405, "Not allowed to use this method on this URL.")
TOO_LARGE = error_reply(413, "The request is too large.", code="request_too_large")
