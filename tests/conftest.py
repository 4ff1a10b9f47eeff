"""For all tests: property tests draw the same examples every time, and no example is timed."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
