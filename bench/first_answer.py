"""Run alone in a fresh interpreter: how long until the app's first answer.

``python -I -S first_answer.py UNPACKED_ZIP EVENT.json`` prints nanoseconds, those of them that the
processor worked, and the status. It imports nothing before the clock starts but what the
interpreter has already loaded.
"""

import sys
from time import perf_counter_ns, process_time_ns

started, worked = perf_counter_ns(), process_time_ns()
sys.path.insert(0, sys.argv[1])

import json  # noqa: E402

with open(sys.argv[2], encoding="utf-8") as file:
    event = json.load(file)

import app  # noqa: E402

answer = app.app(event, None)
print(perf_counter_ns() - started, process_time_ns() - worked, answer["statusCode"])
