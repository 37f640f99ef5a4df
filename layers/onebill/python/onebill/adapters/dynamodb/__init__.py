"""DynamoDB: where the money is. `table.py` explains the items."""
