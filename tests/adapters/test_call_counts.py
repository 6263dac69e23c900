"""How often each way through the service calls AWS: no call more than it cannot do without."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dev.recorder import Recorder
from familjehem.adapters.secrets import SecretsManagerSecrets
from familjehem.adapters.tenancy import StsTenancy
from familjehem.domain.errors import ApplicationNotFoundError, DeliveryNotFoundError, RecipientsUnavailableError
from familjehem.domain.handling import ContactResult, Content
from familjehem.domain.identification import Adult
from familjehem.domain.membership import Caller, Membership, Role
from familjehem.domain.outbox import CalledTask, ConfirmationTask, LetterTask, NoticeTask, SupplementTask
from familjehem.domain.recipient import RecipientState
from familjehem.usecases.submit_application import Submission, Submitted
from tests.adapters.houses import ENDPOINT, AwsHouse
from tests.fakes import World
from tests.service import ADDRESS, FIVE, Service, submission

pytestmark = pytest.mark.skipif(bool(ENDPOINT), reason="calls are counted, whoever answers them")

DRAFT = UUID("5f0e8a52-6f3c-4b52-9a70-0d2f5b1c7e11")
PERSON = "00000000-0000-4000-8000-000000000680"
READS = {"dynamodb:BatchGetItem": 3}
"""Those that an accept cannot do without: is it a replay, who serves the municipalities, what do those ask."""


class Counted(Recorder):
    """Counts calls; `order` holds them as `service:Operation`."""

    def __init__(self) -> None:
        super().__init__("prov")
        self.order: list[str] = []

    def _record(self, client: Any, operation: str, asked: Mapping[str, Any], outcome: str) -> None:
        self.order.append(f"{client.meta.service_model.service_name}:{operation}")
        super()._record(client, operation, asked, outcome)

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.order)

    def partitions(self, action: str) -> list[set[str]]:
        """Give the kinds of rows that each call of `action` named."""
        return [{key.partition("#")[0] for key in one.context["dynamodb:LeadingKeys"]} for one in self.of(action)]


class Cold:
    """A house in which no secret was read and no session taken yet, with gauges that measure nothing."""

    def __init__(self, house: AwsHouse) -> None:
        gauges = World()
        self.gauge, self.self_test_gauge = gauges.gauge, gauges.self_test_gauge
        self.access_log_gauge = gauges.access_log_gauge
        self.secrets = SecretsManagerSecrets(house.cloud.aws.secrets(), house.cloud.secret_arn)
        self.identification_secrets = SecretsManagerSecrets(house.cloud.aws.secrets(), house.cloud.secret_arn)
        self.identity_provider, self.persons = gauges.identity_provider, gauges.persons
        self.tenancy = StsTenancy(house.cloud.aws, house.premises(), house.clock)
        self._house = house

    def __getattr__(self, name: str) -> Any:
        return getattr(self._house, name)


@pytest.fixture
def service(aws_house: AwsHouse) -> Service:
    made = Service(Cold(aws_house))  # type: ignore[arg-type]
    made.submit = replace(made.submit, contact_key=aws_house.contact_key_arn)
    return made


def sent(service: Service, *municipalities: str) -> Submission:
    """Give a submission with a solved challenge."""
    solution = service.world.solve(service.world.challenges.issue(service.world.clock.now()))  # type: ignore[attr-defined]
    return submission(*municipalities, challenge=solution)


def accepted(service: Service, *municipalities: str) -> Submitted:
    return service.submit(sent(service, *(municipalities or ("0680",))))


def waiting(service: Service, kind: type) -> Any:
    """Give the first task of a kind that waits in the outbox."""
    return next(one.task for one in service.world.outbox.waiting() if isinstance(one.task, kind))


def delivered(service: Service) -> str:
    """Accept and deliver one application; give the delivery's number."""
    number = accepted(service).receipt.promises[0].number
    assert service.deliver(LetterTask("0680", number))
    return number


def case_worker(service: Service) -> Caller:
    service.world.members.enrol(PERSON, Membership("0680", "Jönköping", Role.CASE_WORKER))
    return Caller(PERSON, service.world.clock.now() - timedelta(minutes=1))


@pytest.mark.parametrize("municipalities", [("0680",), FIVE], ids=["one recipient", "five recipients"])
def test_an_accept_takes_a_data_key_per_letter_one_for_the_address_and_one_transaction(
    service: Service, municipalities: tuple[str, ...]
) -> None:
    # given
    application = sent(service, *municipalities)
    # when
    with Counted() as calls:
        service.submit(application)
    # then
    assert calls.counts == {
        "secretsmanager:GetSecretValue": 1,
        **READS,
        "kms:GenerateDataKey": len(municipalities) + 1,
        "dynamodb:TransactWriteItems": 1,
    }
    assert calls.partitions("dynamodb:BatchGetItem") == [{"APPLICATION"}, {"MUNICIPALITY"}, {"DIRECTORY"}]
    assert calls.order[-1] == "dynamodb:TransactWriteItems"


def test_a_warm_accept_reads_no_secret(service: Service) -> None:
    # given
    accepted(service)
    application = sent(service, *FIVE)
    # when
    with Counted() as calls:
        service.submit(application)
    # then
    assert calls.counts == {**READS, "kms:GenerateDataKey": 6, "dynamodb:TransactWriteItems": 1}


def test_an_e_identification_costs_one_secret_and_nothing_else(service: Service) -> None:
    # given
    service.demand_identification()
    # when
    with Counted() as there:
        token = service.identified(DRAFT)
    application = replace(sent(service, "0680"), idempotency_key=DRAFT, identifications={Adult.APPLICANT: token})
    with Counted() as accepting:
        service.submit(application)
    # then
    assert there.counts == {"secretsmanager:GetSecretValue": 1}
    # the secret of receipts, and no more than without
    assert accepting.counts == {
        "secretsmanager:GetSecretValue": 1,
        **READS,
        "kms:GenerateDataKey": 2,
        "dynamodb:TransactWriteItems": 1,
    }


def test_a_replay_looks_the_application_up_and_does_nothing_else(service: Service) -> None:
    # given
    application = sent(service, *FIVE)
    service.submit(application)
    # when
    with Counted() as calls:
        assert service.submit(application).replayed
    # then
    assert calls.counts == {"dynamodb:BatchGetItem": 1}


def test_a_refusal_looks_once_more_whether_the_same_form_was_accepted_meanwhile(
    service: Service, aws_house: AwsHouse
) -> None:
    # given
    accepted(service)
    paused = aws_house.directory.get("1280")
    assert paused is not None
    aws_house.change(replace(paused, state=RecipientState.PAUSED))
    application = sent(service, *FIVE)
    # when
    with Counted() as calls, pytest.raises(RecipientsUnavailableError):
        service.submit(application)
    # then
    assert calls.counts == {"dynamodb:BatchGetItem": 4}


def test_a_receipt_is_two_look_ups_and_the_failures_of_the_address(service: Service) -> None:
    # given
    receipt = accepted(service, *FIVE).receipt
    # when
    with Counted() as calls:
        service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    # then
    assert calls.order == ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:BatchGetItem"]


@pytest.mark.parametrize("known", [True, False], ids=["a known reference", "an unknown one"])
def test_a_wrong_code_costs_the_same_whether_the_reference_is_known_or_not(service: Service, known: bool) -> None:
    # given
    receipt = accepted(service).receipt
    reference = receipt.reference if known else "0000-0000-0000"
    # when
    with Counted() as calls, pytest.raises(ApplicationNotFoundError):
        service.read_receipt(reference, "0000-0000-0000-0000", ADDRESS)
    # then
    assert calls.order == ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"]


def test_a_withdrawal_is_a_transaction_per_delivery(service: Service) -> None:
    # given
    receipt = accepted(service, *FIVE).receipt
    # when
    with Counted() as calls:
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    # then: the deliveries are read before, after, and for the answer
    assert calls.counts == {"dynamodb:GetItem": 1, "dynamodb:BatchGetItem": 4, "dynamodb:TransactWriteItems": 5}


def test_a_delivery_is_one_read_two_objects_and_one_transaction(service: Service) -> None:
    # given
    accepted(service)
    task = waiting(service, LetterTask)
    # when
    with Counted() as calls:
        assert service.deliver(task)
    # then
    assert calls.order == ["dynamodb:GetItem", "s3:PutObject", "s3:PutObject", "dynamodb:TransactWriteItems"]


def test_a_supplement_is_a_data_key_for_each_that_reads_it_and_one_transaction(service: Service) -> None:
    # given
    receipt = accepted(service, *FIVE).receipt
    key = uuid4()
    # when
    with Counted() as first:
        service.supplemented(receipt, "Hej", key=key)
    with Counted() as again:
        service.supplemented(receipt, "Hej", key=key)
    # then: the failures of the address, the supplement's own row, and each recipient
    reads = {"dynamodb:BatchGetItem": 2, "dynamodb:GetItem": 2 + len(FIVE)}
    assert first.counts == {**reads, "kms:GenerateDataKey": len(FIVE), "dynamodb:TransactWriteItems": 1}
    assert first.order[-1] == "dynamodb:TransactWriteItems"
    assert again.counts == {"dynamodb:BatchGetItem": 1, "dynamodb:GetItem": 2}


def test_a_supplement_is_delivered_as_a_letter_is(service: Service) -> None:
    # given
    service.supplemented(accepted(service).receipt, "Hej")
    task = waiting(service, SupplementTask)
    # when
    with Counted() as calls:
        assert service.deliver_supplement(task)
    # then
    assert calls.order == ["dynamodb:GetItem", "s3:PutObject", "s3:PutObject", "dynamodb:TransactWriteItems"]


def test_consent_is_changed_by_one_commit(service: Service) -> None:
    # given
    receipt = accepted(service, *FIVE).receipt
    # when
    with Counted() as calls:
        service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=False)
    # then: read before and for the answer, as a receipt is
    assert calls.counts == {"dynamodb:GetItem": 1, "dynamodb:BatchGetItem": 2, "dynamodb:TransactWriteItems": 1}
    # and given again, the calls that were logged are read first
    with Counted() as calls:
        service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=True)
    assert calls.counts == {"dynamodb:GetItem": 1, "dynamodb:BatchGetItem": 3, "dynamodb:TransactWriteItems": 1}


def test_a_delivery_that_was_done_is_one_read(service: Service) -> None:
    # given
    number = delivered(service)
    # when
    with Counted() as calls:
        assert not service.deliver(LetterTask("0680", number))
    # then
    assert calls.order == ["dynamodb:GetItem"]


def test_a_notice_is_two_reads_one_mail_and_one_transaction(service: Service) -> None:
    # given
    delivered(service)
    task = waiting(service, NoticeTask)
    # when
    with Counted() as calls:
        assert service.notify(task)
    # then
    assert calls.order == ["dynamodb:GetItem", "dynamodb:GetItem", "sesv2:SendEmail", "dynamodb:TransactWriteItems"]


def test_a_confirmation_opens_the_address_sends_one_mail_and_erases_it(service: Service) -> None:
    # given
    accepted(service)
    task = waiting(service, ConfirmationTask)
    # when
    with Counted() as calls:
        assert service.confirm(task)
    # then
    reads = ["dynamodb:GetItem", "dynamodb:GetItem"]
    assert calls.order == [*reads, "kms:Decrypt", "sesv2:SendEmail", "dynamodb:TransactWriteItems"]


def test_a_page_of_the_mailbox_is_an_object_and_a_key_per_line_and_one_line_of_the_log(service: Service) -> None:
    # given
    lines = 3
    for _ in range(lines):
        delivered(service)
    caller = case_worker(service)
    # when
    with Counted() as first:
        assert len(service.list_deliveries(caller, None, None, None, 25).lines) == lines
    with Counted() as again:
        service.list_deliveries(caller, None, None, None, 25)
    # then: memberships, the recipient's hours, the page and how many wait, where the log ends and the line, the wraps
    page = {"dynamodb:Query": 3, "dynamodb:GetItem": 2, "dynamodb:TransactWriteItems": 1, "dynamodb:BatchGetItem": 1}
    page |= {"s3:GetObject": lines, "kms:Decrypt": lines}
    # and once a day that she was here
    assert first.counts == {**page, "sts:AssumeRole": 1, "dynamodb:UpdateItem": 1}
    assert again.counts == page


def test_where_deliveries_stand_is_three_queries_and_the_hours_and_writes_nothing(service: Service) -> None:
    # given
    number = delivered(service)
    caller = case_worker(service)
    service.list_deliveries(caller, None, None, None, 25)
    # when
    with Counted() as states:
        service.mailbox.read_states(caller, None, None, 25)
    with Counted() as state:
        service.mailbox.read_states.one(caller, None, number)
    # then
    assert states.order == ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Query"]
    assert state.order == ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:GetItem"]


def test_an_opened_letter_is_one_object_one_key_and_one_line_of_the_log(service: Service) -> None:
    # given
    number = delivered(service)
    caller = case_worker(service)
    # when
    with Counted() as first:
        service.open_letter(caller, None, number)
    with Counted() as again:
        service.open_letter(caller, None, number)
    with Counted() as at_work:
        service.mailbox.read_letter(caller, None, number)
    # then: memberships, the delivery, where the log ends and the line, the wrap; the first time, what it was then and that she was here
    opening = {"dynamodb:Query": 1, "dynamodb:GetItem": 2, "dynamodb:TransactWriteItems": 1, "dynamodb:BatchGetItem": 1}
    opening |= {"s3:GetObject": 1, "kms:Decrypt": 1}
    noted = {"sts:AssumeRole": 1, "dynamodb:UpdateItem": 1, "dynamodb:GetItem": 3}
    assert first.counts == {**opening, **noted}
    assert again.counts == opening
    # and to work with it: when its recipient closes, and what may be known of others
    assert at_work.counts == {**opening, "dynamodb:GetItem": 4}


def test_the_news_of_a_call_is_two_reads_and_one_transaction(service: Service) -> None:
    # given
    receipt = accepted(service, *FIVE).receipt
    service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=True)
    number = next(one.number for one in receipt.promises if one.recipient == "0680")
    assert service.deliver(LetterTask("0680", number))
    service.mailbox.log_contact(case_worker(service), None, number, uuid4(), Content(result=ContactResult.REACHED))
    # when
    with Counted() as calls:
        assert service.tell_others(CalledTask("0680", number))
    # then
    assert calls.order == ["dynamodb:GetItem", "dynamodb:GetItem", "dynamodb:TransactWriteItems"]


def test_a_search_opens_what_came_once_and_then_reads_where_its_words_are(service: Service) -> None:
    # given
    delivered(service)
    caller = case_worker(service)
    # when
    with Counted() as first:
        assert len(service.mailbox.search(caller, None, "persson").lines) == 1
    with Counted() as again:
        service.mailbox.search(caller, None, "prov persson")
    with Counted() as number:
        service.mailbox.search(caller, None, "7KQ3-9XRM-2VHC")
    # then: memberships, how often she searches, what is new, each word; the letters, the hours, the log; the wraps
    search = {"dynamodb:Query": 4, "dynamodb:UpdateItem": 1, "dynamodb:BatchGetItem": 2, "dynamodb:GetItem": 2}
    search |= {"dynamodb:TransactWriteItems": 1, "s3:GetObject": 1, "kms:Decrypt": 1}
    assert again.counts == search
    # a number is looked for among nothing: no word, no new letter, and here no card
    assert number.counts == {
        "dynamodb:Query": 1,
        "dynamodb:UpdateItem": 1,
        "dynamodb:BatchGetItem": 1,
        "dynamodb:GetItem": 2,
        "dynamodb:TransactWriteItems": 1,
    }
    # the first time the letters are opened, a key is made and read, and each is committed by what it is found
    assert first.counts["kms:GenerateDataKey"] == 1
    assert first.counts["dynamodb:TransactWriteItems"] == first.counts["s3:GetObject"] == 2


def test_a_claim_is_three_reads_and_one_transaction_and_its_repeat_is_two_reads(service: Service) -> None:
    # given
    number = delivered(service)
    caller = case_worker(service)
    service.list_deliveries(caller, None, None, None, 25)
    # when
    with Counted() as first:
        service.mailbox.claim(caller, None, number)
    with Counted() as again:
        service.mailbox.claim(caller, None, number)
    # then: membership, the delivery, and where the log ends
    assert first.order == ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:GetItem", "dynamodb:TransactWriteItems"]
    assert again.order == ["dynamodb:Query", "dynamodb:GetItem"]


def test_a_call_is_five_reads_one_key_and_one_transaction(service: Service) -> None:
    # given
    number = delivered(service)
    caller = case_worker(service)
    service.list_deliveries(caller, None, None, None, 25)
    # when
    with Counted() as calls:
        service.mailbox.log_contact(caller, None, number, uuid4(), Content(result=ContactResult.REACHED))
    with Counted() as opening:
        service.open_letter(caller, None, number)
    # then: membership, the delivery, whether it was told before, the wrap
    reads = ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:GetItem", "dynamodb:BatchGetItem"]
    assert calls.order == [*reads, "kms:Decrypt", "dynamodb:GetItem", "dynamodb:TransactWriteItems"]
    # and a history costs an opening a query, and where anything was said its wrap and its key
    assert (opening.counts["dynamodb:Query"], opening.counts["kms:Decrypt"]) == (2, 2)


def test_supplements_cost_a_page_and_a_letter_one_read_of_wraps_and_an_object_and_a_key_each(service: Service) -> None:
    # given a line without and a line with two
    delivered(service)
    receipt = accepted(service).receipt
    number = receipt.promises[0].number
    assert service.deliver(LetterTask("0680", number))
    for version in (2, 3):
        service.supplemented(receipt, "Hej")
        assert service.deliver_supplement(SupplementTask("0680", number, version))
    caller = case_worker(service)
    service.list_deliveries(caller, None, None, None, 25)
    service.open_letter(caller, None, number)
    # when
    with Counted() as page:
        service.list_deliveries(caller, None, None, None, 25)
    with Counted() as letter:
        service.open_letter(caller, None, number)
    # then
    opened = {"dynamodb:GetItem": 2, "dynamodb:TransactWriteItems": 1, "dynamodb:BatchGetItem": 2}
    assert page.counts == {"dynamodb:Query": 3, **opened, "s3:GetObject": 4, "kms:Decrypt": 4}
    assert letter.counts == {
        "dynamodb:Query": 1,
        **opened,
        "s3:GetObject": 3,
        "kms:Decrypt": 3,
    }


def test_the_list_of_recipients_is_one_query_and_a_challenge_none_but_the_secret(service: Service) -> None:
    # when
    with Counted() as listed:
        service.list_recipients()
    with Counted() as challenged:
        service.world.challenges.issue(service.world.clock.now())
        service.world.challenges.issue(service.world.clock.now())
    # then
    assert listed.order == ["dynamodb:Query"]
    assert len(challenged.order) <= 1


def test_a_round_of_housekeeping_over_an_outbox_that_moves_is_one_query(service: Service) -> None:
    # given
    accepted(service)
    # when
    with Counted() as calls:
        service.keep_house()
    # then
    assert calls.order == ["dynamodb:Query"]


def test_a_receipt_asks_for_the_openings_of_those_that_were_opened_and_of_no_others(service: Service) -> None:
    # given
    receipt = accepted(service, *FIVE).receipt
    number = next(one.number for one in receipt.promises if one.recipient == "0680")
    assert service.deliver(LetterTask("0680", number))
    service.open_letter(case_worker(service), None, number)
    # when
    with Counted() as calls:
        service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    # then
    assert calls.order == ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]


def test_a_protected_delivery_costs_a_stranger_as_much_as_one_that_is_not_there(service: Service) -> None:
    # given
    number = delivered(service)
    service.mailbox.protect(case_worker(service), None, number, ())
    service.world.members.enrol("boss", Membership("0680", "Jönköping", Role.LOCAL_ADMINISTRATOR))
    boss = Caller("boss", service.world.clock.now() - timedelta(minutes=1))
    service.list_deliveries(boss, None, None, None, 25)
    orders: list[tuple[list[str], list[str]]] = []
    # when
    for named in (number, "0000-0000-0000"):
        with Counted() as opening, pytest.raises(DeliveryNotFoundError):
            service.open_letter(boss, None, named)
        with Counted() as protecting, pytest.raises(DeliveryNotFoundError):
            service.mailbox.protect(boss, None, named, ())
        orders.append((opening.order, protecting.order))
    # then
    assert orders[0] == orders[1]


def test_a_night_over_logs_that_nobody_wrote_in_is_a_list_and_two_reads_each(service: Service) -> None:
    # when
    with Counted() as calls:
        night = service.keep_access_logs()
    # then: to seal and to verify, each asks what digests there are, and where the log ends
    assert calls.counts["s3:ListObjectVersions"] == 2 * night.logs
    assert calls.counts["dynamodb:Query"] == 1 + night.logs


def test_a_round_of_reminders_is_two_reads_and_after_a_closing_four_calls_a_recipient(service: Service) -> None:
    # given
    recipients = len(service.world.directory.all())
    with Counted() as calls:
        service.remind_overdue()
    # then three looks at the index and one commit for each recipient
    assert calls.counts == {"dynamodb:Query": 2 + 3 * recipients, "dynamodb:TransactWriteItems": recipients}
    # and until the next closing what was told is read, and nothing else
    with Counted() as calls:
        service.remind_overdue()
    assert calls.counts == {"dynamodb:Query": 2}
