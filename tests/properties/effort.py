"""How hard the properties try. The same examples every time: a failure is never a fluke."""

from hypothesis import settings

PROPERTY = settings(max_examples=100, deadline=None, derandomize=True)
QUICK = settings(PROPERTY, max_examples=50)
MACHINE = settings(PROPERTY, max_examples=60, stateful_step_count=40)
