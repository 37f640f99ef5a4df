"""Providers that answer what a test scripted, and remember what they were sent."""

import json


def a_chunk(content=None, *, finish_reason=None, usage=None, choices=True):
    """One event of OpenAI's stream, as bytes."""
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [choice] if choices else [],
        "usage": usage,
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


def a_usage(prompt=200, completion=50, **details):
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        **details,
    }


def a_stream(*words, usage=None):
    """A whole stream of OpenAI's: words, the end, usage, done."""
    usage = a_usage() if usage is None else usage
    return [
        *(a_chunk(word) for word in words),
        a_chunk(finish_reason="stop"),
        a_chunk(usage=usage, choices=False),
        DONE,
    ]


def an_answer(content="w0 w1", usage=None, **overrides):
    """A whole buffered answer of OpenAI's."""
    message = {"role": "assistant", "content": content}
    fields = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": a_usage() if usage is None else usage,
    }
    return {name: value for name, value in (fields | overrides).items() if value is not ...}


class ScriptedAnswer:
    """Chunks, or exceptions to raise in their place."""

    def __init__(self, script, *, content_type):
        self._script = script
        self.content_type = content_type
        self.is_event_stream = content_type.startswith("text/event-stream")
        self.closed = False
        self.read_chunks = 0

    async def chunks(self):
        for step in self._script:
            if isinstance(step, BaseException):
                raise step
            self.read_chunks += 1
            yield step

    async def read(self):
        if isinstance(self._script, BaseException):
            raise self._script
        return self._script

    async def close(self):
        self.closed = True


class ScriptedProviders:
    """Answers each request with the next of its script; an exception is raised instead."""

    def __init__(self):
        self.answers = []
        self.sent = []

    def will_answer(self, **answer):
        self.answers.append(ScriptedAnswer(an_answer(**answer), content_type="application/json"))
        return self.answers[-1]

    def will_stream(self, script, content_type="text/event-stream"):
        self.answers.append(ScriptedAnswer(script, content_type=content_type))
        return self.answers[-1]

    def will_fail_reading(self, error):
        self.answers.append(ScriptedAnswer(error, content_type="application/json"))
        return self.answers[-1]

    def will_raise(self, error):
        self.answers.append(error)

    async def send(self, provider, body, *, deadline):
        self.sent.append((provider, body, deadline))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer
