"""The stores of the ports, in memory: for tests and for trying things out.

They pass the same contract tests as the DynamoDB adapters.
"""
