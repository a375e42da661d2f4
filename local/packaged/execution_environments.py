"""Execution environments of a packaged function: a process for each concurrent invocation."""

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
"""Concurrent executions of one function; more invocations wait."""


class FunctionError(Exception):
    """Function error: what the function raised, or how its process ended."""


class ExecutionEnvironments:
    """The execution environments of one function. Calling it invokes the function."""

    def __init__(
        self,
        python: Sequence[str],
        task_root: Path,
        handler: str,
        environment: Mapping[str, str],
        timeout: float,
        log: logging.Logger,
        invocation_context: Callable[[], Mapping[str, Any]],
        on_cold_start: Callable[[], None],
    ) -> None:
        """``timeout`` in seconds. ``log`` gets what the function prints. ``invocation_context``
        is sent with each event. ``on_cold_start`` may raise: then there is no cold start."""
        self._command = [*python, "-I", "-S", "-B", str(RUNTIME), str(task_root), handler]
        self._task_root = task_root
        self._environment = dict(environment)
        self._timeout = timeout
        self._log = log
        self._invocation_context = invocation_context
        self._on_cold_start = on_cold_start
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
            result = self._invoke(process, event)
            with self._lock:
                self._idle.append(process)
        if "error" in result:
            raise FunctionError(f"{result['error']}: {result['message']}")
        return result["answer"]

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
            self._on_cold_start()
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
            threading.Thread(target=self._log_output, args=(process.stderr,), daemon=True).start()
            self._all.append(process)
            return process

    def _log_output(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._log.info("%s", line.rstrip("\n"))

    def _invoke(self, process: subprocess.Popen[str], event: Any) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        invocation = {
            **self._invocation_context(),
            "event": event,
            "id": str(uuid.uuid4()),
            "seconds": self._timeout,
        }
        ends = threading.Timer(self._timeout, process.kill)
        ends.start()
        try:
            process.stdin.write(json.dumps(invocation, ensure_ascii=False) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            ends.cancel()
        if not line:
            raise FunctionError(f"the function ended, or had not ended after {self._timeout} s")
        return json.loads(line)
