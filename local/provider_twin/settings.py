"""How a twin is tuned when it starts."""

from dataclasses import dataclass

LATENCY_MS_MAX = 600_000
"""Ten minutes: longer than any caller waits."""

HANG_SECONDS = 600.0
"""How long the twin keeps silent for a client that stays."""

CHUNK_TOKENS_MAX = 1_024
"""The most tokens one stream chunk may carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinSettings:
    """`latency_ms` is waited before each stream chunk, and once before a buffered answer.

    After `hang_seconds` of silence the twin closes a connection by itself.
    """

    latency_ms: float = 0.0
    chunk_tokens: int = 1
    hang_seconds: float = HANG_SECONDS

    def __post_init__(self) -> None:
        """Refuse what could not be served."""
        if not 0 <= self.latency_ms <= LATENCY_MS_MAX:
            message = f"latency_ms must be between 0 and {LATENCY_MS_MAX}"
            raise ValueError(message)
        if not 1 <= self.chunk_tokens <= CHUNK_TOKENS_MAX:
            message = f"chunk_tokens must be between 1 and {CHUNK_TOKENS_MAX}"
            raise ValueError(message)
