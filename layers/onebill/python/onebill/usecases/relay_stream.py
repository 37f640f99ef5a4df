"""A streamed answer on its way to the client, settled before it ends."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Self

from onebill.domain.errors import ProviderError, ProviderFailure
from onebill.domain.event_stream import EventStream
from onebill.ports import ProviderAnswer
from onebill.usecases.answers import Outcome, Receipt
from onebill.usecases.order import Order


class StreamedAnswer:
    """A provider's stream on its way to the client. `receipt` is set once it has settled.

    Made by `begin`; iterated to its end, or closed: both settle, also before the first chunk.
    """

    def __init__(self, order: Order, answer: ProviderAnswer) -> None:
        self._order = order
        self._answer = answer
        self._source: AsyncIterator[bytes] = answer.chunks()
        self._stream = EventStream(wants_usage=order.request.include_usage)
        self._first = b""
        self._relayed = self._relay()
        self.output_cap = order.output_cap
        self.deadline = order.deadline
        self.receipt: Receipt | None = None

    @classmethod
    async def begin(cls, order: Order, answer: ProviderAnswer) -> Self:
        """Wait for the first event: until then a failure is a status, and costs nothing.

        Raises ProviderFailure.
        """
        streamed = cls(order, answer)
        try:
            await streamed._wait_for_first_event()
        except BaseException:
            await order.release("no usable answer")
            await answer.close()
            raise
        # Closing a generator that was never started would skip its settling.
        await anext(streamed._relayed)
        return streamed

    def __aiter__(self) -> Self:
        """Iterate over what the client gets, as it comes; some chunks are empty."""
        return self

    async def __anext__(self) -> bytes:
        """The next bytes for the client. The last ones come after the money has moved."""
        return await anext(self._relayed)

    async def aclose(self) -> None:
        """Stop early. The provider is read to its end, because it bills the whole answer."""
        await self._relayed.aclose()

    async def _relay(self) -> AsyncGenerator[bytes]:
        """Yield nothing, to have begun; yield the stream; settle; yield the end.

        If the task is cancelled while it waits for the provider there is nothing left to read
        on: what was seen until then is settled.
        """
        failure: ProviderFailure | None = None
        try:
            yield b""
            yield self._first
            async for chunk in self._source:
                yield self._stream.feed(chunk)
            yield self._stream.end()
        except ProviderFailure as error:
            failure = error
        except BaseException:
            await self._drain()
            await self._settle("abandoned")
            raise
        if failure is None and not self._broke_off:
            receipt = await self._settle("answered")
            yield self._stream.closing(stated_usage=receipt.stated_usage)
        else:
            await self._settle("failed_mid_stream")
            yield self._failure_event(failure)

    @property
    def _broke_off(self) -> bool:
        """Tell whether the stream said it failed, or ended without saying it was complete."""
        provider = self._order.model.provider
        return self._stream.failed or (provider.ends_with_done and not self._stream.done)

    async def _wait_for_first_event(self) -> None:
        stream = self._stream
        async for chunk in self._source:
            self._first = stream.feed(chunk)
            if self._first or stream.done:
                break
        else:
            self._first = stream.end()
        name = self._order.model.provider.name
        if stream.usage is None and not stream.has_begun:
            raise ProviderError(f"{name} failed before it produced anything.")

    async def _drain(self) -> None:
        """Read on for the usage that comes last; a failure now changes nothing."""
        try:
            async for chunk in self._source:
                self._stream.feed(chunk)
        except ProviderFailure:
            return

    async def _settle(self, outcome: Outcome) -> Receipt:
        receipt = self.receipt = await self._order.settle(
            self._stream.usage,
            estimate_output_tokens=self._stream.estimated_output_tokens,
            outcome=outcome,
        )
        await self._answer.close()
        return receipt

    def _failure_event(self, failure: ProviderFailure | None) -> bytes:
        """The in-band error; nothing if the provider's own was passed on already."""
        if self._stream.failed:
            return b""
        name = self._order.model.provider.name
        error = failure or ProviderError(f"{name} ended its answer too early.")
        return self._stream.breaking_off(message=str(error), code=error.code)
