"""Ids that count up, so that failures read well."""


class CountingIds:
    def __init__(self):
        self._count = 0

    def _next(self, kind):
        self._count += 1
        return f"{kind}-{self._count}"

    def hold_id(self):
        return self._next("hold")

    def request_id(self):
        return self._next("request")

    def key_id(self):
        return self._next("key")

    def key_entropy(self):
        self._count += 1
        return self._count.to_bytes(32)
