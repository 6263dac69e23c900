"""From a request on the website to a recipient that is ready, as far as the municipality itself goes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from familjehem.domain.activation import AGREEMENT_VERSION
from familjehem.domain.administration import Verdict
from familjehem.domain.errors import (
    ActivationNotFoundError,
    CodeRefusedError,
    InvalidAnswersError,
    KeyReusedError,
    MunicipalityConnectedError,
    OnboardingStepError,
)
from familjehem.domain.onboarding import Missing
from familjehem.domain.outbox import CodeTask, LinkTask
from familjehem.usecases.activate import Activate
from familjehem.usecases.connect_recipients import Approval, ConnectRecipients
from familjehem.usecases.request_connection import RequestConnection, Wanted
from familjehem.usecases.send_activation import SendCode, SendLink
from tests.fakes import World

PEOPLE = (
    ("Anna Prov", "anna.prov@jonkoping.se", "0701740605"),
    ("Bo Prov", "bo.prov@jonkoping.se", "0701740606"),
)
WANTED = Wanted(
    key=UUID(int=1),
    municipalities=("0680",),
    unit=None,
    assignments=("familjehem",),
    function_mailbox="familjehem@jonkoping.se",
    responsible=("Eva Prov", "070-174 06 05"),
    people=(),
    invoice=("Jönköpings kommun", "Box 1, 551 89 Jönköping", "R-1"),
)


class Town:
    """A world with what the page needs, and the last link and code that were made."""

    def __init__(self) -> None:
        self.world = World()
        world = self.world
        ports = {"activations": world.activations, "clock": world.clock}
        self.request = RequestConnection(register=world.register, directory=world.directory, **ports)
        self.page = Activate(register=world.register, **ports)
        self.send_link = SendLink(
            register=world.register, post=world.post, site_url="https://site", make=lambda: "secret", **ports
        )
        self.send_code = SendCode(texting=world.texting, make=lambda: "123456", **ports)
        self.connect = ConnectRecipients(register=world.register, keys=world.recipient_keys, clock=world.clock)

    def approved(self) -> str:
        request = self.request(WANTED).request
        [found] = self.connect([Approval(request=request)], dry_run=False).findings
        assert found.verdict is Verdict.CHANGED
        assert LinkTask(request) in self.world.sendings
        assert self.send_link(LinkTask(request))
        return request


@pytest.fixture
def town() -> Town:
    return Town()


class TestRequest:
    def test_is_stored_once_and_holds_nothing_of_a_person_where_skr_reads(self, town):
        # when
        first, second = town.request(WANTED), town.request(WANTED)
        # then
        assert (first.replayed, second.replayed, first.request) == (False, True, second.request)
        [stored] = town.world.onboardings.values()
        assert "Eva" not in repr(stored)
        assert "701740605" not in repr(stored)
        assert not town.world.mails

    def test_of_another_content_under_the_same_key_is_refused(self, town):
        # given
        town.request(WANTED)
        # then
        for other in (
            replace(WANTED, responsible=("Eva Prov", "0701740607")),
            replace(WANTED, function_mailbox="barn@jonkoping.se"),
            replace(WANTED, municipalities=("0180",)),
        ):
            with pytest.raises(KeyReusedError):
                town.request(other)

    def test_of_a_connected_municipality_is_refused(self, town):
        # given
        town.approved()
        # then
        with pytest.raises(MunicipalityConnectedError):
            town.request(replace(WANTED, key=UUID(int=2)))

    def test_is_told_every_fault_at_once(self, town):
        # given
        wanted = replace(
            WANTED,
            municipalities=("0680", "9999", "0680"),
            assignments=(),
            function_mailbox="anna.prov@gmail.com",
            responsible=(" ", "123"),
            people=PEOPLE[:1],
            invoice=("", "Box 1", " "),
        )
        # when
        with pytest.raises(InvalidAnswersError) as error:
            town.request(wanted)
        # then
        assert {(one.pointer, one.code) for one in error.value.errors} == {
            ("/municipalities/1", "unknownMunicipality"),
            ("/municipalities", "repeated"),
            ("/municipalities", "oneMunicipality"),
            ("/assignments", "tooFew"),
            ("/invoice/name", "required"),
            ("/invoice/reference", "required"),
            ("/responsible/name", "invalidName"),
            ("/responsible/mobile", "invalidMobile"),
            ("/people", "tooFew"),
            ("/functionMailbox", "personalForm"),
            ("/functionMailbox", "freeMail"),
        }

    def test_of_a_unit_takes_its_name_for_its_id(self, town):
        # given
        wanted = replace(WANTED, unit="Familjehemsenheten Norra Småland", municipalities=("0680", "0642"))
        # when
        town.request(wanted)
        # then
        [stored] = town.world.onboardings.values()
        assert stored.recipient == "unit-familjehemsenheten-norra-smaland"
        assert stored.municipalities == ("0642", "0680")
        for bad in (replace(wanted, unit="!"), replace(wanted, municipalities=())):
            with pytest.raises(InvalidAnswersError):
                town.request(replace(bad, key=UUID(int=3)))


class TestPage:
    def test_leads_from_approval_to_where_skr_lets_the_people_in(self, town):
        # given
        request = town.approved()
        page = town.page
        assert "https://site/anslut/aktivera/#" + request + ".secret" in town.world.mails[-1].text
        # when
        page.prove_mailbox(request, "secret")
        page.ask_code(request, "secret")
        page.ask_code(request, "secret")
        assert town.send_code(CodeTask(request))
        page.give_code(request, "secret", "123456")
        page.accept(request, "secret", AGREEMENT_VERSION)
        standing = page.name_people(request, "secret", PEOPLE)
        # then
        assert [to for to, _ in town.world.messages] == ["+46701740605"]
        assert "123456" in town.world.messages[0][1]
        assert standing.missing == (Missing.CANARY_OPENED,)
        assert standing.onboarding.missing[0] is Missing.PEOPLE
        signature = standing.activation.signature
        assert signature is not None
        assert signature.name == "Eva Prov"

    def test_takes_every_step_again_without_a_change(self, town):
        # given
        self.test_leads_from_approval_to_where_skr_lets_the_people_in(town)
        [request] = town.world.pages
        before = (dict(town.world.pages), dict(town.world.onboardings))
        # when
        town.page.prove_mailbox(request, "secret")
        town.page.name_responsible(request, "secret", *WANTED.responsible)
        town.page.give_code(request, "secret", "123456")
        town.page.accept(request, "secret", AGREEMENT_VERSION)
        town.page.name_people(request, "secret", PEOPLE)
        town.page.invoice(request, "secret", *WANTED.invoice)
        # then
        assert (town.world.pages, town.world.onboardings) == before

    def test_demands_what_comes_first(self, town):
        # given
        request = town.approved()
        # then
        with pytest.raises(OnboardingStepError):
            town.page.accept(request, "secret", AGREEMENT_VERSION)
        with pytest.raises(CodeRefusedError, match="noCode"):
            town.page.give_code(request, "secret", "123456")
        for foreign in ("other", ""):
            with pytest.raises(ActivationNotFoundError):
                town.page.show(request, foreign)
        with pytest.raises(ActivationNotFoundError):
            town.page.show("ask-other", "secret")

    def test_counts_wrong_codes_and_forgets_a_code_with_its_mobile(self, town):
        # given
        request = town.approved()
        town.page.ask_code(request, "secret")
        town.send_code(CodeTask(request))
        # when
        for _ in range(5):
            with pytest.raises(CodeRefusedError, match="wrong"):
                town.page.give_code(request, "secret", "000000")
        # then
        with pytest.raises(CodeRefusedError, match="tooManyTries"):
            town.page.give_code(request, "secret", "123456")
        town.page.name_responsible(request, "secret", "Eva Prov", "0701740607")
        with pytest.raises(CodeRefusedError, match="noCode"):
            town.page.give_code(request, "secret", "123456")

    def test_needs_a_new_proof_for_another_mobile(self, town):
        # given
        self.test_leads_from_approval_to_where_skr_lets_the_people_in(town)
        [request] = town.world.pages
        # when
        standing = town.page.name_responsible(request, "secret", "Bo Prov", "0701740607")
        # then
        assert Missing.RESPONSIBLE_PROOF in standing.missing

    def test_refuses_an_old_link_and_takes_an_invoice_address(self, town):
        # given
        request = town.approved()
        # then
        standing = town.page.invoice(request, "secret", "Kommunen", "Box 2", "R-2")
        assert standing.onboarding.payer.reference == "R-2"
        with pytest.raises(InvalidAnswersError):
            town.page.invoice(request, "secret", "Kommunen", " ", "R-2")
        town.world.at += timedelta(days=15)
        with pytest.raises(ActivationNotFoundError):
            town.page.show(request, "secret")
