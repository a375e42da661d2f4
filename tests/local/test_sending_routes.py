"""A route is a stack of its own, in its own region, made from the other template."""

from __future__ import annotations

from local.server import LocalServer


def test_each_route_has_an_identity_and_a_configuration_set_in_its_region() -> None:
    second = {"SecondSender": "no-reply@second.example", "SecondRegion": "ap-northeast-3"}
    with LocalServer(parameters=second) as machine:
        assert set(machine.routes) == {"primary", "second"}
        ses = machine.clients("sesv2", "ap-northeast-3")
        assert ses.list_configuration_sets()["ConfigurationSets"] == ["todoku-second"]
        identities = ses.list_email_identities()["EmailIdentities"]
        assert [it["IdentityName"] for it in identities] == ["second.example"]
        name = machine.routes["second"].lookup.attribute("Identity", "DkimDNSTokenName1")
        assert name.endswith("._domainkey.second.example")


def test_without_a_second_sender_there_is_one_route() -> None:
    with LocalServer() as machine:
        assert set(machine.routes) == {"primary"}
