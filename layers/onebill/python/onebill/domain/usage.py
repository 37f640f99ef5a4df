"""What one request used, in disjoint buckets: nothing is counted in two of them.

Providers report overlapping figures (cached tokens inside the prompt, reasoning inside the
completion); `domain.usage_report` untangles them before anything is priced.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counts per price class. Every count is a non-negative whole number."""

    uncached_input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    audio_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    audio_output_tokens: int = 0
    requests: int = 1

    def __post_init__(self) -> None:
        """Refuse negative counts: a provider anomaly must never become a credit."""
        for field in fields(self):
            if getattr(self, field.name) < 0:
                message = f"{field.name} is negative"
                raise ValueError(message)

    @property
    def input_tokens(self) -> int:
        """All tokens on the input side: the figure that selects a long-context tier."""
        return (
            self.uncached_input_tokens
            + self.cache_read_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
            + self.audio_input_tokens
        )
