"""Where a chat completion is asked for."""

CHAT = "/v1/chat/completions"
COMPAT = "/v1/acme/default/compat/chat/completions"
