"""What a password may be."""

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from chalicelib.errors import AlreadyCompleted, Conflict, Invalid, PasswordRefused
from chalicelib.identity.passwords import check_password, normalise_password
from tests.in_memory.world import World

ADDRESS = "jiro.abe@example.ed.jp"


def reason(password: str, email: str = ADDRESS, *names: str, shortest: int = 8) -> str | None:
    """Why a password that was typed is refused; ``None``: it is taken."""
    try:
        check_password(normalise_password(password), email, names, 2027, shortest)
    except PasswordRefused as error:
        return error.reason
    return None


KNOWN = [
    "qwerty123",
    "trustno1",
    "Passw0rd!",
    "football1",
    "iloveyou1",
    "dragon123",
    "sunshine1",
    "princess1",
    "monkey123",
    "shadow123",
    "master123",
    "letmein123",
    "welcome1",
    "superman1",
    "michael1",
    "charlie1",
    "asdfghjkl",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "zaq12wsx",
    "password1!",
    "P@ssw0rd123",
    "Pa$$w0rd",
    "abc123456",
    "123456789a",
    "a123456789",
    "1234567890",
    "0987654321",
    "11111111111",
    "q1w2e3r4t5",
    "qazwsxedc",
    "qweasdzxc",
    "147258369",
    "159753456",
    "987654321",
    "computer1",
    "whatever1",
    "starwars1",
    "batman123",
    "admin12345",
    "changeme1",
    "secret123",
    "hello12345",
    "test12345",
    "password",
    "passw0rd",
    "aaaaaaaa",
    "abcdefgh",
    "12345678",
    "87654321",
    "asdf1234",
    "a1b2c3d4",
]


@pytest.mark.parametrize("password", KNOWN)
def test_what_everybody_knows_is_refused(password: str) -> None:
    assert reason(password) == "too-common"


def test_the_3000_that_are_used_most_are_refused() -> None:
    """Of those that are long enough, by zxcvbn's list, which is one of leaked passwords."""
    listed = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 8][:3000]
    assert len(listed) == 3000
    assert [word for word in listed if reason(word) is None] == []


JAPANESE = [
    "sakura2008",
    "sakura2008sakura",
    "kimetsunoyaiba",
    "arigatougozaimasu",
    "goukakukigan2026",
    "gakkou2026abc",
    "himitsudayo123",
    "aiueokakikukeko",
    "ohtanishohei17",
    "nogizaka4646",
    "doremifasorashido",
    "daisukidayo",
    "合格祈願2027",
    "さくらちゃん2011",
    "sakurasakurasakura",
    "takahashi2010",
    "suzukiyuto11",
    "Yamada2011!",
    "tokyo2020!",
    "himitsu12345",
    "doraemon123",
    "pikachu2009",
    "arigatou1234",
    "haruto20110403",
    "Nippon123!!",
    "daisuki-neko",
    "ｓａｋｕｒａ２００８",
    "さくら２００８さくら",
    "サクラ2008!!",
    "ドラえもん2011",
    "ぱすわーど123",
    "桜2008桜2008",
]


@pytest.mark.parametrize("password", JAPANESE)
def test_what_pupils_in_japan_choose_first_is_refused(password: str) -> None:
    assert reason(password) == "too-common"


@pytest.mark.parametrize(
    "password",
    [
        "three quiet herons",
        "correct horse battery",
        "shiroi neko to kuroi inu",
        "dorayaki no tabekata",
        "きょうはいいてんき",
        "水泳部のエースになる",
        "kurenai-no-buta",
        "Tr0ub4dor&3",
        "7391-sora-5820-4417",
        "my highway to the moon rivers",
        "mountain zebra 88 reapplication",
        "x9Kq2mVw",
    ],
)
def test_what_nobody_guesses_is_taken_without_rules_of_composition(password: str) -> None:
    assert reason(password, ADDRESS, "High School Application") is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short12", "too-short"),
        ("x" * 257, "too-long"),
        ("jiro.abe!", "contains-address"),
        ("my-JIRO.ABE-word", "contains-address"),
        ("my todoku 1", "contains-service-name"),
        ("kosho-life-is", "contains-service-name"),
        ("example2027", "too-common"),
        ("abe2027jiro", "too-common"),
        ("spring2027", "too-common"),
        ("spring2028", "too-common"),
    ],
)
def test_what_is_close_to_this_person_is_refused_with_its_reason(password: str, why: str) -> None:
    assert reason(password, ADDRESS, "Kosho Application") == why


def test_signs_in_the_services_name_are_no_pattern() -> None:
    assert reason("my (2027 key", ADDRESS, "Kosho (2027") == "contains-service-name"
    assert reason("three quiet herons", ADDRESS, "Kosho (2027") is None


def test_64_characters_are_taken_and_so_are_256() -> None:
    heron = "three quiet herons fly over the river and nobody counts them. "
    assert reason((heron * 2)[:64]) is reason((heron * 5)[:256]) is None
    assert reason((heron * 5)[:257]) == "too-long"


def test_a_long_one_is_judged_by_its_beginning() -> None:
    assert reason("three quiet herons " * 13) is None
    assert reason("a" * 256) == "too-common"


def test_the_deployment_says_how_short_a_password_may_be() -> None:
    assert reason("nine lynx", shortest=9) is None
    assert reason("nine lynx", shortest=10) == "too-short"


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ("three quiet herons", "three quiet herons"),
        (" three quiet herons\t", "three quiet herons"),
        ("\u3000three\u3000quiet herons\u00a0\n", "three quiet herons"),
        ("ｔｈｒｅｅ　ｑｕｉｅｔ　ｈｅｒｏｎｓ", "three quiet herons"),
        ("ｶﾞｯｺｳ", "ガッコウ"),
        ("か\u3099", "が"),
        ("  ", ""),
    ],
)
def test_a_password_is_the_same_on_every_keyboard(typed: str, counts: str) -> None:
    assert normalise_password(typed) == counts
    assert normalise_password(counts) == counts


def test_what_nobody_sees_at_the_ends_is_no_part_of_it() -> None:
    """Blanks, controls, category Cf, fillers, variation selectors, the empty Braille pattern."""
    unseen = [
        *"\t\n\x00\x1f\x7f\x85 \u00a0\u2003\u2028\u2029\u3000",
        *"\u200b\ufeff\u2060\u00ad\u180e\u200e\u2066\u061c\U000e0041",
        *"\u2800\u3164\u1160\u115f\uffa0\u034f\u17b4\u180b\ufe0f\U000e0100\ufffc",
    ]
    for sign in unseen:
        for typed in (f"{sign}three quiet herons", f"three quiet herons {sign} {sign}"):
            assert normalise_password(typed) == "three quiet herons", ascii(sign)


def test_what_nobody_sees_stays_inside() -> None:
    for typed in ("three\u200bquiet herons", "👩\u200d👩\u200d👧 and 1\ufe0f\u20e3 heron"):
        assert normalise_password(f"\ufeff{typed}\u200b") == typed


def test_the_length_is_that_of_what_counts() -> None:
    assert reason("  nine lynx  ", shortest=10) == "too-short"
    assert reason("\u2060nine lynx\u3164", shortest=10) == "too-short"
    for nothing in (" \u3000 ", "\u200b\u3164\u2800"):
        with pytest.raises(Invalid):
            reason(nothing)


def test_what_is_set_is_what_counts(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.complete(token, "\ufeff ｔｈｒｅｅ quiet herons\u3000\u200b")
    (user,) = world.pool.users.values()
    assert user.password == "three quiet herons"


def test_the_code_comes_before_the_password(world: World) -> None:
    token = world.ask()
    world.run()
    with pytest.raises(Conflict):
        world.complete(token, "correct horse")


def test_a_completed_registration_takes_no_second_password(world: World) -> None:
    token = world.registered()
    with pytest.raises(AlreadyCompleted):
        world.complete(token, "another horse")
