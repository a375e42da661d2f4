"""Todoku: sign-up for public-school applicants that knows whether its mail arrives."""

import gc

# A cold start is mostly imports, which allocate much and free nothing: looking for garbage after
# every 700 objects costs it a twentieth. A request makes some thousand objects, and no cycles.
gc.set_threshold(10_000)
