"""HTTP/1.1 as the hot path needs it: few layers, whole reads, kept-alive connections.

General clients spend most of their time on generality: per request three to seven times, per
streamed chunk ten times what this costs (docs/decisions/0006, docs/performance.md). Parsing is
httptools', TLS is the standard library's; httpx stays the client that adapters talk to.
"""
