"""What a password may be."""

from datetime import timedelta

import pytest

from chalicelib.errors import (
    Conflict,
    NoRegistration,
    PasswordRefused,
)
from chalicelib.identity.passwords import check_password
from tests.in_memory.world import World

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short12", "too-short"),
        ("x" * 257, "too-long"),
        ("password123", "too-common"),
        ("12345678", "too-common"),
        ("aaaaaaaa", "too-common"),
        ("taro.yamada!", "contains-address"),
        ("my todoku 1", "contains-service-name"),
        ("school-life", "contains-service-name"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(
    world: World, password: str, reason: str
) -> None:
    token = world.ask("taro.yamada@example.ed.jp")
    world.run()
    world.verify(token, world.code(token))
    with pytest.raises(PasswordRefused) as raised:
        world.complete(token, password)
    assert raised.value.reason == reason


def test_the_deployment_says_how_short_a_password_may_be() -> None:
    check_password("nine lynx", "taro@example.ed.jp", (), 9)
    with pytest.raises(PasswordRefused):
        check_password("nine lynx", "taro@example.ed.jp", (), 10)


def test_the_code_comes_before_the_password(world: World) -> None:
    token = world.ask()
    world.run()
    with pytest.raises(Conflict):
        world.complete(token, "correct horse")


def test_a_completed_registration_takes_no_second_password(world: World) -> None:
    token = world.registered()
    with pytest.raises(NoRegistration):
        world.complete(token, "another horse")
