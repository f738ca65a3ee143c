"""What holds for every test."""

import os

from hypothesis import settings

# The quick suite is a gate, and asks the same cases every time; chance has its place in the soak,
# where the seed is printed, and wherever HYPOTHESIS_PROFILE=default is set.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
