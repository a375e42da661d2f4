from chalicelib.limits.network_key import neighbourhood, network_key

PEPPER = b"pepper for tests, thirty-two byt"


def test_ipv6_clients_of_one_64_are_one_network() -> None:
    one, two = "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"
    assert network_key(one, PEPPER) == network_key(two, PEPPER)
    assert network_key(one, PEPPER) != network_key("2001:db8:1:3::1", PEPPER)
    assert network_key("::ffff:192.0.2.1", PEPPER) == network_key("192.0.2.1", PEPPER)


def test_ipv6_networks_of_one_48_are_neighbours_and_ipv4_has_none() -> None:
    def near(client: str) -> str:
        return neighbourhood(network_key(client, PEPPER))

    assert near("2001:db8:1:2::1") == near("2001:db8:1:ffff::1")
    assert near("2001:db8:1:2::1") != near("2001:db8:2:2::1")
    assert near("192.0.2.1") != near("192.0.2.2")
