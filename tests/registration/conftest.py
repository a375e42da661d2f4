import pytest

from tests.registration.world import World


@pytest.fixture
def world() -> World:
    return World()
