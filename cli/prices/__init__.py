"""Makes the price catalogue: what two public sources say, merged into one dated file.

Nothing of either source is installed or executed: their wheels are downloaded, and read as
data. No float touches a price on the way.
"""
