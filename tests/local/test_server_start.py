"""Starting and stopping: everything at once, nothing left behind."""

from __future__ import annotations

import os
import socket
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from cloudformation.intrinsics import TemplateError
from cloudformation.template import Template
from local.mailbox import Message
from local.server import LocalServer
from tests.local.sample_app import SampleApp


def test_everything_is_put_back_when_it_stops() -> None:
    import moto.sqs.models
    from moto.cognitoidp.responses import CognitoIdpResponse
    from moto.sqs.responses import SQSResponse

    with LocalServer():
        pass  # what moto makes for itself at its first start stays
    before = dict(os.environ)
    classes = (vars(CognitoIdpResponse), vars(SQSResponse), vars(moto.sqs.models))
    contents = [dict(it) for it in classes]
    with LocalServer():
        assert os.environ["AWS_REGION"] == "ap-northeast-1"
    assert dict(os.environ) == before
    assert [dict(it) for it in classes] == contents


def test_a_start_that_fails_leaves_nothing_behind() -> None:
    before = dict(os.environ)
    broken = Template({"Resources": {"Bell": {"Type": "AWS::Bell::Ring"}}})
    with pytest.raises(TemplateError, match="Bell"):
        LocalServer(template=broken).start()
    assert dict(os.environ) == before


def test_a_port_that_is_taken_is_an_os_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            LocalServer(taken.getsockname()[1]).start()


def test_a_second_server_in_one_process_is_refused() -> None:
    # It would reset moto under the first.
    with LocalServer(application=SampleApp()) as first:
        with pytest.raises(RuntimeError, match="one local server"):
            LocalServer(application=SampleApp()).start()
        first.clients("sqs").get_queue_url(QueueName="todoku-jobs")


def test_one_after_another_begins_with_nothing() -> None:
    with LocalServer(application=SampleApp()) as machine:
        machine.clients("sqs").create_queue(QueueName="mine")
    with LocalServer(application=SampleApp()) as machine:
        urls = machine.clients("sqs").list_queues()["QueueUrls"]
    assert not any(url.endswith("mine") for url in urls)


def test_it_starts_and_stops_quickly() -> None:
    began = time.monotonic()
    machine = LocalServer(application=SampleApp()).start()
    started = time.monotonic()
    machine.stop()
    assert started - began < 5
    assert time.monotonic() - started < 2


def test_it_stops_while_something_hangs() -> None:
    sample_app = SampleApp()
    machine = LocalServer(application=sample_app).start()
    hanging, release = threading.Event(), threading.Event()

    def hang(event: dict[str, Any]) -> None:
        hanging.set()
        release.wait(30)

    sample_app.during_code = hang
    machine.functions.invoke_async(machine.functions.arns["SendCode"], {})
    assert hanging.wait(5)
    began = time.monotonic()
    machine.stop()
    assert time.monotonic() - began < 10, "it waited for what hangs"
    release.set()


def test_who_waits_for_a_mail_has_what_its_function_noted() -> None:
    sample_app = SampleApp()
    with LocalServer(application=sample_app) as machine:
        mail = Message("us", "taro@gmail.com", "", "", datetime.now(UTC), "primary")
        noted = threading.Event()

        def send(event: dict[str, Any]) -> None:
            machine.mailbox.add(mail)
            time.sleep(0.3)
            noted.set()

        sample_app.during_code = send
        machine.functions.invoke_async(machine.functions.arns["SendCode"], {})
        assert machine.wait_for_mail("taro@gmail.com") == [mail]
        assert noted.is_set()
