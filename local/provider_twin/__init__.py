"""A provider for laptops and tests: OpenAI-compatible, deterministic, faulty on request.

Law: the twin imports nothing of the gateway but the type of JSON. What it answers is computed by
pure modules; only `exchange`, `app` and `server` touch a connection.
"""
