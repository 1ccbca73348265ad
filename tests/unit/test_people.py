"""A request to erase somebody names one person, by names that a build knows."""

import pytest

from clickintent.privacy.people import Asked, PrivacyError


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "give either --visitor or --customer"),
        ({"visitor_id": "a", "customer_id": "b"}, "give either --visitor or --customer"),
        ({"customer_id": "b", "site_id": "north"}, "--site and --channel go with --visitor"),
        ({"visitor_id": "a", "channel": "mobile"}, "no channel 'mobile': give --channel web or --channel app"),
    ],
)
def test_a_request_that_names_nobody_for_certain_is_refused(said, told):
    with pytest.raises(PrivacyError, match=told):
        Asked(**said)


def test_a_visitor_is_exact_only_with_all_that_makes_one():
    named = {"visitor_id": "a", "source": "s", "site_id": "north", "channel": "web"}
    assert Asked(**named).is_exact
    assert not any(Asked(**{**named, column: None}).is_exact for column in ("source", "site_id", "channel"))
