"""The house: everything the Lambda functions share.

Imports run one way and `make check` proves it::

    bootstrap -> adapters | web -> settings | telemetry -> usecases -> ports -> domain
"""
