"""What the books of a world say, and what they should."""

COST_OF_200_IN_50_OUT = 200 * 1_000 + 50 * 2_000


def spent(world):
    return world.account.debited_nano_usd
