"""An address as people read it."""

from __future__ import annotations

from chalicelib.identity.display import masked, shown


def test_masked_shows_one_character() -> None:
    assert masked("taro@gmail.com") == "t***@gmail.com"


def test_a_domain_of_letters_is_shown_as_people_write_it() -> None:
    assert shown("taro@xn--wgv71a.jp") == "taro@日本.jp"
    assert masked("taro@xn--wgv71a.jp") == "t***@日本.jp"
    assert shown("taro@gmail.com") == "taro@gmail.com"
    assert shown("taro@xn--zz.jp") == "taro@xn--zz.jp"
