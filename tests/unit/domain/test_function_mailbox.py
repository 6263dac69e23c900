"""Function mailboxes: whose address it is can often be seen, and then the reason is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.function_mailbox import FREE_MAIL, FUNCTIONS, MailboxFault, in_words, mailbox_faults

JONKOPING = ("Jönköping",)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("familjehem@jonkoping.se", JONKOPING),
        ("familjehem@soc.jonkoping.se", JONKOPING),
        ("Familjehem.Rekrytering@jonkoping.se", JONKOPING),
        ("social.mottagning@malung-salen.se", ("Malung-Sälen",)),
        ("info@malungsalen.se", ("Malung-Sälen",)),
        ("familjehem@gotland.se", ("Region Gotland", "Gotland")),
        ("familjehem@orebrokommun.se", ("Örebro",)),
        ("familjehem@upplandsvasby.se", ("Upplands Väsby",)),
        ("upplands.vasby@upplandsvasby.se", ("Upplands Väsby",)),
        ("unga-vuxna.barn@dals-ed.se", ("Dals-Ed",)),
        ("lokalt-stod.dagar@jonkoping.se", JONKOPING),
        ("vaxeln@jonkoping.se", JONKOPING),
        ("familjehem@gotland.se", ("Region Gotland",)),
        ("familjehem@jonkopingskommun.se", JONKOPING),
        ("familjehem@malmostad.se", ("Malmö",)),
        ("familjehem@goteborgsstad.se", ("Göteborg",)),
    ],
)
def test_an_address_of_a_function_in_the_municipality_s_own_domain_is_taken(address, names) -> None:
    assert mailbox_faults(address, names) == ()


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", MailboxFault.NO_ADDRESS),
        ("familjehem", MailboxFault.NO_ADDRESS),
        ("familjehem@jonkoping", MailboxFault.NO_ADDRESS),
        ("anna.prov@jonkoping.se", MailboxFault.PERSONAL_FORM),
        ("Anna.Prov2@jonkoping.se", MailboxFault.PERSONAL_FORM),
        ("a.prov@jonkoping.se", MailboxFault.PERSONAL_FORM),
        ("anna_prov@jonkoping.se", MailboxFault.PERSONAL_FORM),
        ("anna-maria.prov@jonkoping.se", MailboxFault.PERSONAL_FORM),
        ("anna.m.prov@jonkoping.se", MailboxFault.PERSONAL_FORM),
        ("familjehem@gmail.com", MailboxFault.FREE_MAIL),
        ("familjehem@HOTMAIL.com", MailboxFault.FREE_MAIL),
        ("familjehem@malmo.se", MailboxFault.FOREIGN_DOMAIN),
        ("familjehem@jonkoping.com", MailboxFault.FOREIGN_DOMAIN),
        ("familjehem@jonkoping.se.example.com", MailboxFault.FOREIGN_DOMAIN),
        ("familjehem@inte-jonkoping.se", MailboxFault.FOREIGN_DOMAIN),
    ],
)
def test_any_other_is_refused_with_its_reason(address, fault) -> None:
    assert mailbox_faults(address, JONKOPING) == (fault,)
    assert all(words.endswith(".") for words in in_words([fault]))


def test_every_reason_is_given_at_once() -> None:
    found = mailbox_faults("anna.prov@gmail.com", JONKOPING, used_by_persons=["Anna.Prov@gmail.com"])
    assert set(found) == {MailboxFault.PERSONAL_FORM, MailboxFault.FREE_MAIL, MailboxFault.USED_BY_PERSON}


def test_a_confirmed_domain_is_taken_and_free_mail_never() -> None:
    assert mailbox_faults("familjehem@hoglandet.example", ("Höglandet",), domain_confirmed=True) == ()
    assert mailbox_faults("familjehem@gmail.com", JONKOPING, domain_confirmed=True) == (MailboxFault.FREE_MAIL,)


@given(address=st.text(max_size=80) | st.emails())
def test_whatever_is_written_is_judged(address: str) -> None:
    assert set(mailbox_faults(address, JONKOPING)) <= set(MailboxFault)


@given(
    local=st.from_regex(r"[a-z]{2,9}\.[a-z]{2,9}", fullmatch=True).filter(
        lambda local: (
            not any(word.startswith(tuple(FUNCTIONS)) for word in local.split(".")) and "jonkoping" not in local
        )
    ),
    domain=st.sampled_from(sorted(FREE_MAIL)),
)
def test_first_and_last_name_at_a_free_service_is_always_refused(local: str, domain: str) -> None:
    assert mailbox_faults(f"{local}@{domain}", JONKOPING) == (MailboxFault.PERSONAL_FORM, MailboxFault.FREE_MAIL)
