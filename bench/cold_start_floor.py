"""Run alone in a fresh interpreter: the least that a function calling Cognito must do.

``python -I -S cold_start_floor.py SITE_PACKAGES`` prints nanoseconds, those that the processor
worked, and 0: botocore, as the package index has it, and one client.
"""

import sys
from time import perf_counter_ns, process_time_ns

started, worked = perf_counter_ns(), process_time_ns()
sys.path.insert(0, sys.argv[1])

import botocore.session  # noqa: E402

botocore.session.Session().create_client("cognito-idp", region_name="ap-northeast-1")
print(perf_counter_ns() - started, process_time_ns() - worked, 0)
