"""What counts as a mail that came back, and how long."""

from datetime import UTC, datetime, timedelta

import pytest

from familjehem.domain.returned_mail import KEPT, ReturnedMail, ReturnReason, Returns, reason_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "subtype", "reason"),
    [
        ("Bounce", "General", ReturnReason.BOUNCED),
        ("Bounce", "MailboxFull", ReturnReason.BOUNCED),
        ("Bounce", "", ReturnReason.BOUNCED),
        ("Bounce", "OnAccountSuppressionList", ReturnReason.SUPPRESSED),
        ("Bounce", "Suppressed", ReturnReason.SUPPRESSED),
        ("Complaint", "", ReturnReason.COMPLAINED),
        ("Complaint", "OnAccountSuppressionList", ReturnReason.SUPPRESSED),
        ("Reject", "", ReturnReason.REFUSED),
        ("Delivery", "", None),
        ("DeliveryDelay", "", None),
        ("", "Suppressed", None),
    ],
)
def test_the_reason_follows_from_what_the_provider_calls_it(event, subtype, reason):
    assert reason_of(event, subtype) is reason


def test_returns_are_counted_by_reason_as_long_as_they_count():
    # given
    reasons = [*ReturnReason, ReturnReason.BOUNCED]
    recent = [ReturnedMail(id=str(n), recipient="0680", reason=one, at=NOW) for n, one in enumerate(reasons)]
    old = ReturnedMail(id="old", recipient="0680", reason=ReturnReason.BOUNCED, at=NOW - KEPT - timedelta(seconds=1))
    # when
    counted = Returns.of([*recent, old], NOW - KEPT)
    # then: a mail that the provider refused did not arrive either
    assert counted == Returns(bounces=3, complaints=1, suppressed=True)
    assert Returns.of([old], NOW - KEPT) == Returns()
