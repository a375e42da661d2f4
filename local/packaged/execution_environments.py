"""Executions of one packaged function: as many processes as there are invocations at once."""

from __future__ import annotations

import json
import logging
import subprocess
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

RUNTIME = Path(__file__).with_name("runtime.py")
MAX_CONCURRENCY = 12
"""Executions of one function at once; more invocations wait."""


class FunctionError(Exception):
    """What the function raised, or how it ended: the error's type and words."""


class ExecutionEnvironments:
    """One function. ``told`` gives what every invocation is told beside its event."""

    def __init__(
        self,
        python: Sequence[str],
        task_root: Path,
        handler: str,
        environment: Mapping[str, str],
        seconds: float,
        log: logging.Logger,
        told: Callable[[], Mapping[str, Any]],
        begin: Callable[[], None],
    ) -> None:
        """``seconds``: its time-out. ``log`` gets what it prints. ``begin`` is called
        before each cold start, and may refuse it."""
        self._command = [*python, "-I", "-S", "-B", str(RUNTIME), str(task_root), handler]
        self._task_root = task_root
        self._environment = dict(environment)
        self._seconds = seconds
        self._log = log
        self._told = told
        self._begin = begin
        self._idle: list[subprocess.Popen[str]] = []
        self._all: list[subprocess.Popen[str]] = []
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(MAX_CONCURRENCY)
        self.started = 0
        """Cold starts so far."""

    def __call__(self, event: Any, context: object) -> Any:
        """Invoke and wait. Raises ``FunctionError``."""
        with self._slots:
            process = self._take()
            answer = self._ask(process, event)
            with self._lock:
                self._idle.append(process)
        if "error" in answer:
            raise FunctionError(f"{answer['error']}: {answer['message']}")
        return answer["answer"]

    def close(self) -> None:
        """End every process."""
        with self._lock:
            processes, self._all, self._idle = self._all, [], []
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _take(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            self._begin()
            self.started += 1
            process = subprocess.Popen(
                self._command,
                cwd=self._task_root,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            threading.Thread(target=self._listen, args=(process.stderr,), daemon=True).start()
            self._all.append(process)
            return process

    def _listen(self, said: IO[str]) -> None:
        with said:
            for line in said:
                self._log.info("%s", line.rstrip("\n"))

    def _ask(self, process: subprocess.Popen[str], event: Any) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        told = {
            **self._told(),
            "event": event,
            "id": str(uuid.uuid4()),
            "seconds": self._seconds,
        }
        ends = threading.Timer(self._seconds, process.kill)
        ends.start()
        try:
            process.stdin.write(json.dumps(told, ensure_ascii=False) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            ends.cancel()
        if not line:
            raise FunctionError(f"the function ended, or had not ended after {self._seconds} s")
        return json.loads(line)
