"""Addresses of databases: what is refused, and that no part of a password is ever shown."""

import pytest

from app.db import Database
from app.errors import SettingsError
from app.settings import Rate, Settings, read_settings

SECRET = "k9Qv7"  # noqa: S105 - of no server


def _read(given: dict[str, str]) -> tuple[Settings | None, SettingsError | None]:
    try:
        return read_settings(**given), None
    except SettingsError as error:
        return None, error


@pytest.mark.parametrize(
    "address",
    [
        # As it is meant, and with characters that have to be percent-encoded.
        f"postgresql://user:{SECRET}@db.example/quoth",
        f"postgresql://user:x%40{SECRET}@db.example/quoth",
        f"postgresql://user:x/{SECRET}?#{SECRET}@db.example/quoth",
        f"postgresql://user:x:{SECRET}@db.example/quoth",
        f"postgresql://user:x@{SECRET}@db.example/quoth",
        f"postgresql://user:x@{SECRET}:y@db.example/quoth",
        f"postgresql://user@db.example:{SECRET}/quoth",
        # As parameters, misspelled ones too.
        f"postgresql://user@db.example/quoth?password={SECRET}",
        f"postgresql://user@db.example/quoth?sslpassword={SECRET}",
        f"postgresql://user@db.example/quoth?Password={SECRET}&pwd={SECRET}&passwd={SECRET}",
        f"postgresql://user@db.example/quoth?oauth_client_secret={SECRET}",
        # As other programs write it.
        f"host=db.example user=user password={SECRET}",
        f"jdbc:postgresql://db.example/quoth?user=user&password={SECRET}",
        f"mysql://user:{SECRET}@db.example/quoth",
    ],
)
@pytest.mark.parametrize("setting", ["database_url", "database_replicas"])
def test_password_is_shown_nowhere(address: str, setting: str) -> None:
    given = {"database_url": "postgresql://db.example/quoth", setting: address}
    settings, refused = _read(given)
    if settings is None:
        assert refused is not None
        assert SECRET not in str(refused)
        assert refused.__cause__ is None
        return
    assert SECRET not in repr(settings)
    for one in (settings.database_url, *settings.replicas):
        database = Database(one)
        assert SECRET not in str(database)
        database.close()


@pytest.mark.parametrize("port", ["x", "0", "65536", "99999999999", "-1", "5432,x"])
def test_port_that_is_none_is_refused(port: str) -> None:
    for address in (f"postgresql://db.example:{port}/quoth", f"postgresql://db.example/quoth?port={port}"):
        with pytest.raises(SettingsError, match=r"(port of the database is|write a database address)"):
            read_settings(database_url=address)


def test_ports_of_several_hosts_are_taken() -> None:
    address = "postgresql://user@/quoth?host=one.example,two.example&port=5432,5433"
    assert read_settings(database_url=address).database_url == address


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rate_limit", "many", "pattern"),
        ("rate_limit", "10/week", "pattern"),
        ("rate_limit", "0/second", "pattern"),
        ("rate_limit", "5/second, 9/second", "one number for each unit"),
        ("trusted_proxies", "*", "addresses or networks"),
        ("trusted_proxies", "10.0.0.1, proxy.example", "addresses or networks"),
    ],
)
def test_limit_or_proxy_that_is_none_is_refused(name: str, value: str, message: str) -> None:
    settings, error = _read({name: value})
    assert settings is None
    assert message in str(error)


def test_limits_and_proxies_are_read() -> None:
    settings = Settings(rate_limit=" 20/second , 3000/hour ", trusted_proxies="127.0.0.1, 10.0.0.1/8,2001:DB8::/32")
    assert settings.rates == [Rate("second", 20, 1), Rate("hour", 3000, 3600)]
    assert settings.trusted_proxies == "127.0.0.1/32,10.0.0.0/8,2001:db8::/32"
    assert Settings().rates == []
