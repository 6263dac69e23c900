"""The adapters alone: what they make of the faults of AWS, and what they ask of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest
from altcha.v1 import Payload as Solved
from altcha.v1 import create_challenge, solve_challenge

from dev.recorder import Recorder, read, switch_on
from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import TRIES
from familjehem.adapters.proof_of_work import AltchaChallenges
from familjehem.adapters.secrets import SecretsManagerSecrets
from familjehem.adapters.tenancy import StsTenancy
from familjehem.domain.access_log import START, StoredDigest, check_lines
from familjehem.domain.errors import ChallengeRefusedError, NotConfirmedError
from familjehem.domain.membership import AccessEntry, AccessKind, Role
from familjehem.domain.outbox import ConfirmationTask, LetterTask, NoticeTask, Occasion
from familjehem.domain.sealing import Purpose
from familjehem.ports import (
    AlreadyAcceptedError,
    ChallengeSpentError,
    KeyUnusableError,
    RecipientChangedError,
)
from tests.adapters import families
from tests.adapters.faults import LOST, answer_lost, before, cancelled, refusal
from tests.adapters.houses import ENDPOINT, SENDER, AwsHouse, at
from tests.fakes import World

pytestmark = pytest.mark.skipif(bool(ENDPOINT), reason="faults are put in; they need no emulator")

CONFLICT = "TransactionConflict"
FAILED = "ConditionalCheckFailed"
TRANSACTION = "TransactWriteItems"


class TestKeys:
    def test_of_every_task_can_be_read_back(self):
        tasks = [LetterTask("0680", "N-1"), NoticeTask("unit-a", "N-1", Occasion.WITHDRAWN), ConfirmationTask("R-1")]

        assert [keys.task_of(keys.task(task).pk) for task in tasks] == tasks

    @pytest.mark.parametrize("pk", ["", "OUT", "OUT#NOTICE#0680#N-1#other", "DELIVERY#0680#N-1", "OUT#LETTER#0680"])
    def test_that_are_no_task_are_refused(self, pk):
        with pytest.raises(ValueError):
            keys.task_of(pk)

    @pytest.mark.parametrize("part", ["", "a#b"])
    def test_take_no_part_that_could_be_two(self, part):
        with pytest.raises(ValueError):
            keys.delivery("0680", part)

    def test_sort_as_time_does(self):
        moments = [at(12), at(12).replace(microsecond=0), at(13), at(12) + timedelta(days=1)]

        assert sorted(moments) == [datetime.fromisoformat(text) for text in sorted(map(keys.moment, moments))]
        assert {len(keys.moment(moment)) for moment in moments} == {27}


class TestAccept:
    def test_is_tried_again_after_conflicts_with_the_same_token(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        conflict = cancelled(CONFLICT)

        with before(aws_house.dynamodb, TRANSACTION, conflict, conflict) as bodies:
            families.accepted(aws_house, one)

        assert len(bodies) == 3
        assert len({json.loads(body)["ClientRequestToken"] for body in bodies}) == 1
        assert aws_house.pauses == [0.025, 0.05]

    def test_is_not_confirmed_when_conflicts_do_not_end(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        throttled = [cancelled(None, "ThrottlingError")] * TRIES

        with before(aws_house.dynamodb, TRANSACTION, *throttled) as bodies, pytest.raises(NotConfirmedError):
            families.accepted(aws_house, one)

        assert len(bodies) == TRIES

    def test_whose_answer_was_lost_is_not_confirmed_and_stands(self, aws_house: AwsHouse):
        application = families.sealed(aws_house, families.recipient(aws_house))

        with answer_lost(aws_house.dynamodb, TRANSACTION), pytest.raises(NotConfirmedError):
            aws_house.intake.accept(application)

        with pytest.raises(AlreadyAcceptedError):
            aws_house.intake.accept(application)

    @pytest.mark.parametrize(
        ("codes", "expected"),
        [
            ([FAILED, FAILED, FAILED, FAILED, FAILED, FAILED], AlreadyAcceptedError),
            ([None, FAILED, None, None, None, FAILED], RecipientChangedError),
            ([None, None, None, None, None, FAILED], ChallengeSpentError),
            ([None, None, FAILED, None, None, None], NotConfirmedError),
            (["ValidationError"], NotConfirmedError),
            ([], NotConfirmedError),
        ],
        ids=["application", "recipient", "challenge", "delivery", "invalid", "silent"],
    )
    def test_tells_the_first_reason_that_counts(self, aws_house: AwsHouse, codes, expected):
        application = families.sealed(aws_house, families.recipient(aws_house), challenge=families.challenge())

        with before(aws_house.dynamodb, TRANSACTION, cancelled(*codes)), pytest.raises(expected):
            aws_house.intake.accept(application)

    @pytest.mark.parametrize("fault", [LOST, refusal("AccessDeniedException"), refusal("InternalServerError")])
    def test_says_not_confirmed_and_nothing_of_what_was_sent(self, aws_house: AwsHouse, fault):
        application = families.sealed(aws_house, families.recipient(aws_house))

        with before(aws_house.dynamodb, TRANSACTION, fault), pytest.raises(NotConfirmedError) as error:
            aws_house.intake.accept(application)

        assert "Persson" not in str(error.value)
        assert error.value.__suppress_context__

    def test_needs_these_rights_and_no_others(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        application = families.sealed(aws_house, one, confirmation=True, challenge=families.challenge())
        number, reference = application.deliveries[0].delivery.number, application.application.reference

        with Recorder("submission") as recorder:
            aws_house.intake.accept(application)

        needed = {(call.action, call.context["dynamodb:LeadingKeys"][0].rpartition("#")[0]) for call in recorder.calls}
        assert {(call.function, call.principal, call.outcome) for call in recorder.calls} == {
            ("submission", None, "ok")
        }
        assert needed == {
            ("dynamodb:PutItem", "APPLICATION"),
            ("dynamodb:ConditionCheckItem", ""),
            ("dynamodb:UpdateItem", "RECIPIENT#0680#2026-11"),
            ("dynamodb:PutItem", f"DELIVERY#{one.id}"),
            ("dynamodb:PutItem", f"OUT#LETTER#{one.id}"),
            ("dynamodb:PutItem", "OUT#CONFIRMATION"),
            ("dynamodb:PutItem", "CHALLENGE"),
            ("dynamodb:PutItem", f"WRAP#{one.id}"),
            ("dynamodb:PutItem", "CONTACT"),
            ("dynamodb:UpdateItem", "NATION#2026-11"),
        }
        assert {len(call.resources) for call in recorder.calls} == {1}
        assert number in str(recorder.calls)
        assert reference in str(recorder.calls)


class TestRows:
    def test_left_over_by_a_batch_are_asked_for_again(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        table = aws_house.cloud.tables.main
        key = {name: {"S": part} for name, part in keys.municipality("0680").attributes().items()}
        left_over = {"Responses": {}, "UnprocessedKeys": {table: {"Keys": [key]}}}

        with before(aws_house.dynamodb, "BatchGetItem", left_over):
            assert aws_house.directory.serving(["0680"]) == {"0680": one}
        left_overs = [left_over] * TRIES
        with before(aws_house.dynamodb, "BatchGetItem", *left_overs), pytest.raises(NotConfirmedError):
            aws_house.directory.serving(["0680"])

    def test_in_conflict_are_written_again(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        task = LetterTask(one.id, families.accepted(aws_house, one).deliveries[0].delivery.number)
        conflict = refusal("TransactionConflictException")

        with before(aws_house.dynamodb, "UpdateItem", conflict):
            aws_house.outbox.touch(task, at(13))

        assert [row.touches for row in aws_house.outbox.waiting()] == [1]
        with before(aws_house.dynamodb, "UpdateItem", *[conflict] * TRIES), pytest.raises(NotConfirmedError):
            aws_house.outbox.touch(task, at(13))

    def test_that_wait_never_show_what_they_hold_to_housekeeping(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        task = LetterTask(one.id, families.accepted(aws_house, one).deliveries[0].delivery.number)

        with Recorder("housekeeping") as recorder:
            list(aws_house.outbox.waiting())
            aws_house.outbox.touch(task, at(13))

        (asked, touched) = recorder.calls
        assert asked.resources[0].endswith("/index/outbox")
        assert touched.context["dynamodb:ReturnValues"] == "NONE"
        assert touched.context["dynamodb:Attributes"] == ["pk", "sk", "touched_at", "touches"]

    def test_of_an_erased_delivery_are_not_made_anew_by_its_notice(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        number = families.delivered(aws_house, one)
        place = {"TableName": aws_house.cloud.tables.main}
        key = {name: {"S": part} for name, part in keys.delivery(one.id, number).attributes().items()}
        aws_house.dynamodb.delete_item(**place, Key=key)
        task = NoticeTask(one.id, number, Occasion.NEW)

        aws_house.notice_queue.sent(task, at(14))

        assert not aws_house.notice_queue.waits(task)
        assert "Item" not in aws_house.dynamodb.get_item(**place, Key=key)

    def test_of_an_address_hold_no_address_and_expire_with_the_hour(self, aws_house: AwsHouse):
        aws_house.attempts.failed("198.51.100.7", at(12, 30))

        found = aws_house.dynamodb.scan(TableName=aws_house.cloud.tables.main)["Items"]

        assert "198.51" not in json.dumps(found)
        assert found[0]["expires_at"] == {"N": str(int(datetime(2026, 11, 22, 13, tzinfo=UTC).timestamp()))}

    def test_of_spent_challenges_expire(self, aws_house: AwsHouse):
        families.accepted(aws_house, families.recipient(aws_house), challenge=families.challenge("one"))

        found = aws_house.dynamodb.scan(TableName=aws_house.cloud.tables.main)["Items"]

        expiry = [row["expires_at"]["N"] for row in found if row["pk"]["S"] == "CHALLENGE#one"]
        assert expiry == [str(int(families.challenge().expires_at.timestamp()))]


class TestVault:
    def test_demands_that_nothing_lies_there_and_sends_no_encryption_header(self, aws_house: AwsHouse):
        with Recorder() as recorder:
            aws_house.vault.put("0680", "NUM-1", Purpose.CARD, b"sealed")

        (call,) = recorder.calls
        assert (call.action, call.context) == ("s3:PutObject", {"s3:if-none-match": "*"})
        assert call.resources == (f"arn:aws:s3:::{aws_house.cloud.bucket}/0680/NUM-1/card",)

    @pytest.mark.parametrize("fault", [LOST, refusal("ConditionalRequestConflict"), refusal("SlowDown")])
    def test_says_when_it_is_not_known_to_lie_there(self, aws_house: AwsHouse, fault):
        with before(aws_house.s3, "PutObject", fault), pytest.raises(NotConfirmedError):
            aws_house.vault.put("0680", "NUM-2", Purpose.CARD, b"sealed")


class TestDataKeys:
    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            (refusal("DisabledException"), KeyUnusableError),
            (refusal("KMSInvalidStateException"), KeyUnusableError),
            (refusal("NotFoundException"), KeyUnusableError),
            (refusal("AccessDeniedException"), KeyUnusableError),
            (refusal("ThrottlingException"), NotConfirmedError),
            (refusal("KeyUnavailableException"), NotConfirmedError),
            (refusal("KMSInternalException"), NotConfirmedError),
            (LOST, NotConfirmedError),
        ],
        ids=str,
    )
    def test_tell_a_key_that_will_not_do_from_one_that_did_not_answer(self, aws_house: AwsHouse, fault, expected):
        with before(aws_house.kms, "GenerateDataKey", fault):
            future = aws_house.data_keys.make({"one": (aws_house.contact_key_arn, {"purpose": "contact"})})["one"]

            with pytest.raises(expected):
                future.result()

    def test_are_asked_for_by_key_arn_with_the_whole_context(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)

        with Recorder() as recorder:
            families.sealed(aws_house, one)

        (call,) = recorder.of("kms:GenerateDataKey")
        assert call.resources == (one.key_arn,)
        assert call.context["kms:EncryptionContext:recipient"] == one.id
        assert call.context["kms:EncryptionContextKeys"] == ["delivery", "recipient"]


class TestRecipientKeys:
    def test_open_to_nobody_but_their_own_tenant_session(self, aws_house: AwsHouse):
        key_arn = aws_house.recipient_keys.create("0680")

        policy = json.loads(aws_house.kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"])
        allowed = [one for one in policy["Statement"] if one["Effect"] == "Allow" and "kms:Decrypt" in one["Action"]]
        tags = aws_house.kms.list_resource_tags(KeyId=key_arn)["Tags"]

        assert [one["Condition"]["ArnEquals"] for one in allowed] == [
            {"aws:PrincipalArn": aws_house.cloud.role("tenant")}
        ]
        assert allowed[0]["Condition"]["StringEquals"]["kms:EncryptionContext:recipient"] == "0680"
        assert {tag["TagKey"]: tag["TagValue"] for tag in tags} == {
            "familjehem:purpose": "recipient",
            "familjehem:recipient": "0680",
        }
        assert aws_house.kms.get_key_rotation_status(KeyId=key_arn)["KeyRotationEnabled"]
        assert "{" not in key_arn
        assert "kms:*" not in json.dumps(policy)

    def test_say_when_none_was_made(self, aws_house: AwsHouse):
        with before(aws_house.kms, "CreateKey", LOST), pytest.raises(NotConfirmedError):
            aws_house.recipient_keys.create("0680")


class TestTenancy:
    def test_takes_a_session_that_is_confined_to_its_recipient(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        number = families.delivered(aws_house, one)

        tenancy = StsTenancy(aws_house.cloud.aws, aws_house.premises(), aws_house.clock)

        with Recorder("mailbox") as recorder:
            tenancy.room(one.id).plaintexts([number], Purpose.LETTER)

        (assumed,) = recorder.of("sts:AssumeRole")
        assert assumed.resources == (aws_house.cloud.role("tenant"),)
        assert assumed.context["aws:RequestTag/recipient"] == one.id
        assert assumed.context["sts:RoleSessionName"] == f"mailbox-{one.id}"
        opened = [call for call in recorder.calls if call.service != "sts"]
        assert {call.action for call in opened} == {"dynamodb:BatchGetItem", "s3:GetObject", "kms:Decrypt"}
        assert {call.principal for call in opened} == {aws_house.cloud.role("tenant")}
        assert {call.context["aws:PrincipalTag/recipient"] for call in opened} == {one.id}

    def test_writes_its_bounds_out_within_the_size_that_sts_takes(self, aws_house: AwsHouse):
        # CloudFormation names a nested table <stack>-<nested>-<13>-<logical>-<13>.
        premises = replace(
            aws_house.premises(), main="m" * 60, wraps="w" * 60, tally="t" * 60, bucket="b" * 63, reports="r" * 63
        )
        tenancy = StsTenancy(aws_house.cloud.aws, premises, aws_house.clock)

        policy = tenancy.policy("unit-" + "x" * 50)

        assert len(policy) <= 2048
        assert policy.count("unit-" + "x" * 50) == 9
        assert "{" not in policy.replace('{"', "")

    @pytest.mark.parametrize("recipient", ["", "*", "0680*", "0680/0180", "0680#", "{main_table_arn}", "x" * 57])
    def test_opens_no_room_for_what_is_no_recipient(self, aws_house: AwsHouse, recipient):
        with pytest.raises(ValueError):
            aws_house.tenancy.room(recipient)

    def test_keeps_a_session_until_five_minutes_before_its_end(self, aws_house: AwsHouse):
        world = World(at=datetime.now(UTC))
        tenancy = StsTenancy(aws_house.cloud.aws, aws_house.premises(), world.clock)

        with Recorder() as recorder:
            first = tenancy.room("0680")
            world.passes(minutes=54)
            kept = tenancy.room("0680")
            other = tenancy.room("0180")
            world.passes(minutes=2)
            renewed = tenancy.room("0680")

        assert first is kept
        assert renewed is not first
        assert other is not first
        assert len(recorder.of("sts:AssumeRole")) == 3

    @pytest.mark.parametrize(
        ("client", "operation"), [("kms", "Decrypt"), ("s3", "GetObject"), ("dynamodb", "BatchGetItem")]
    )
    def test_does_not_take_silence_for_a_letter_that_cannot_be_opened(self, aws_house: AwsHouse, client, operation):
        one = families.recipient(aws_house)
        number = families.delivered(aws_house, one)
        room = aws_house.tenancy.room(one.id)
        inner = {"kms": room._key, "s3": room._letters, "dynamodb": room._database}[client]

        with before(inner._client, operation, LOST), pytest.raises(NotConfirmedError):
            room.plaintexts([number], Purpose.LETTER)

    @pytest.mark.parametrize("code", ["DisabledException", "AccessDeniedException", "InvalidCiphertextException"])
    def test_opens_nothing_with_a_key_that_will_not_do(self, aws_house: AwsHouse, code):
        one = families.recipient(aws_house)
        number = families.delivered(aws_house, one)
        room = aws_house.tenancy.room(one.id)

        with before(room._key._client, "Decrypt", refusal(code)):
            assert room.plaintexts([number], Purpose.LETTER) == {number: None}


class TestAccessLog:
    """Numbers without gaps, a line for every opening, whatever happens between."""

    def test_takes_the_next_number_where_somebody_else_was_faster(self, aws_house: AwsHouse):
        room, other = aws_house.tenancy.room("0680"), StsTenancy(aws_house.cloud.aws, aws_house.premises(), Now())
        client = room._database._client
        stale = client.get_item(
            TableName=aws_house.cloud.tables.main, Key={"pk": {"S": "ACCESS#0680"}, "sk": {"S": "HEAD"}}
        )
        other.room("0680").log(_entry(person="person-2"))

        with before(client, "GetItem", stale | {"ResponseMetadata": {}}) as reads:
            room.log(_entry())

        assert len(reads) == 2
        assert [(one.sequence, one.entry.person) for one in room.lines(None, 9)] == [(2, "person-1"), (1, "person-2")]

    def test_is_not_confirmed_when_others_are_always_faster(self, aws_house: AwsHouse):
        room = aws_house.tenancy.room("0680")
        room._database._sleep = aws_house.pauses.append

        refused = [cancelled(FAILED, None)] * TRIES
        with before(room._database._client, TRANSACTION, *refused), pytest.raises(NotConfirmedError):
            room.log(_entry())

        assert len(aws_house.pauses) == TRIES
        assert room.lines(None, 9) == ()

    def test_never_writes_over_a_line_that_stands_where_the_next_should(self, aws_house: AwsHouse):
        room = aws_house.tenancy.room("0680")
        room.log(_entry())
        head = {"pk": {"S": "ACCESS#0680"}, "sk": {"S": "HEAD"}}
        aws_house.dynamodb.delete_item(TableName=aws_house.cloud.tables.main, Key=head)

        with pytest.raises(NotConfirmedError):
            room.log(_entry(person="person-2"))

        assert aws_house.lines("0680") == [("person-1", "open", ("NUM-1",))]

    @pytest.mark.parametrize("fault", [LOST, refusal("AccessDeniedException"), refusal("InternalServerError")])
    def test_leaves_no_opening_without_its_line_where_the_process_dies_before(self, aws_house: AwsHouse, fault):
        one = families.recipient(aws_house)
        room = aws_house.tenancy.room(one.id)
        delivery = room.delivery(families.delivered(aws_house, one))

        with before(room._database._client, TRANSACTION, fault), pytest.raises(NotConfirmedError):
            room.opened(delivery, _entry(deliveries=(delivery.number,)))

        assert room.delivery(delivery.number) == delivery
        assert aws_house.lines(one.id) == []
        assert room.trail(delivery.number, None, 9) == ()

    def test_leaves_no_opening_without_its_line_where_the_process_dies_after(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        room = aws_house.tenancy.room(one.id)
        delivery = room.delivery(families.delivered(aws_house, one))

        with answer_lost(room._database._client, TRANSACTION), pytest.raises(NotConfirmedError):
            room.opened(delivery, _entry(deliveries=(delivery.number,)))

        assert room.delivery(delivery.number).opened_at == at(14)
        assert aws_house.lines(one.id) == [("person-1", "open", (delivery.number,))]
        # and the next opening is one line more, not the same again
        room.opened(room.delivery(delivery.number), _entry(at=at(15), deliveries=(delivery.number,)))
        assert [one.sequence for one in room.lines(None, 9)] == [2, 1]
        assert room.delivery(delivery.number).opened_at == at(14)

    def test_writes_opening_line_and_trail_in_one_transaction(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        room = aws_house.tenancy.room(one.id)
        delivery = room.delivery(families.delivered(aws_house, one))

        with before(room._database._client, TRANSACTION) as bodies:
            room.opened(delivery, _entry(deliveries=(delivery.number,)))

        (sent,) = (json.loads(body)["TransactItems"] for body in bodies)
        written = [next(iter(part.values())) for part in sent]
        places = [(part.get("Item") or part["Key"])["pk"]["S"] for part in written]
        number = delivery.number
        assert places == ["ACCESS#0680", "ACCESS#0680", f"TRAIL#0680#{number}", f"DELIVERY#0680#{number}"]

    def test_numbers_the_lines_of_many_at_once_without_a_gap(self, aws_house: AwsHouse):
        one = families.recipient(aws_house)
        numbers = [families.delivered(aws_house, one, at(13, minute)) for minute in range(4)]
        rooms = [StsTenancy(aws_house.cloud.aws, aws_house.premises(), Now()).room(one.id) for _ in range(4)]
        for room in rooms:
            _one_at_a_time(room._database._client)

        def read(place: int) -> None:
            room, number = rooms[place], numbers[place]
            for minute in range(4):
                room.opened(room.delivery(number), _entry(at=at(14, minute), deliveries=(number,)))

        with ThreadPoolExecutor(len(rooms)) as pool:
            list(pool.map(read, range(len(rooms))))

        lines = list(aws_house.ledger.lines(one.id, 1))
        assert [line.sequence for line in lines] == list(range(1, 17))
        assert list(check_lines(one.id, lines, 0, START.hash, aws_house.ledger.head(one.id))) == []


class Now:
    """The clock of those whose sessions are real."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class TestDigests:
    @pytest.mark.parametrize("fault", [LOST, refusal("SlowDown"), refusal("ConditionalRequestConflict")])
    def test_say_when_it_is_not_known_that_one_is_kept(self, aws_house: AwsHouse, fault):
        with before(aws_house.s3, "PutObject", fault), pytest.raises(NotConfirmedError):
            aws_house.digest_store.put("0680", "2026-11-22", b"digest")

    def test_are_created_and_never_written_over(self, aws_house: AwsHouse):
        with Recorder() as recorder:
            assert aws_house.digest_store.put("0680", "2026-11-22", b"digest")

        (call,) = recorder.calls
        assert (call.action, call.context) == ("s3:PutObject", {"s3:if-none-match": "*"})
        assert call.resources == (f"arn:aws:s3:::{aws_house.cloud.audit_bucket}/0680/2026-11-22.json",)

    def test_hidden_behind_a_marker_of_deletion_are_read_and_told(self, aws_house: AwsHouse):
        aws_house.digest_store.put("0680", "2026-11-22", b"digest")
        aws_house.s3.delete_object(Bucket=aws_house.cloud.audit_bucket, Key="0680/2026-11-22.json")

        assert aws_house.digest_store.names("0680") == {"2026-11-22": True}
        assert aws_house.digest_store.read("0680", "2026-11-22") == StoredDigest("2026-11-22", b"digest", touched=True)


class TestSecrets:
    def test_are_read_once_a_quarter_and_kept_when_they_cannot_be_read(self, aws_house: AwsHouse):
        seconds = [0.0]
        client = aws_house.cloud.aws.secrets()
        secrets = SecretsManagerSecrets(client, aws_house.cloud.secret_arn, monotonic=lambda: seconds[0])

        with before(client, "GetSecretValue", None, LOST) as bodies:
            first = secrets.keys()
            seconds[0] = 899.0
            assert secrets.keys() is first
            seconds[0] = 900.0
            assert secrets.keys() is first

        assert list(first) == ["2", "1"]
        assert len(bodies) == 2

    def test_that_were_never_read_are_not_confirmed(self, aws_house: AwsHouse):
        client = aws_house.cloud.aws.secrets()
        secrets = SecretsManagerSecrets(client, aws_house.cloud.secret_arn)

        with before(client, "GetSecretValue", LOST), pytest.raises(NotConfirmedError):
            secrets.keys()


class TestPost:
    def test_names_sender_set_and_tags(self, aws_house: AwsHouse):
        with before(aws_house.ses, "SendEmail") as bodies, Recorder() as recorder:
            aws_house.post.send("a@example.se", "Ämne", "Text", {"kind": "confirmation"})

        sent = json.loads(bodies[0])
        assert sent["EmailTags"] == [{"Name": "kind", "Value": "confirmation"}]
        assert sent["Content"]["Simple"]["Body"] == {"Text": {"Data": "Text", "Charset": "UTF-8"}}
        assert sent["FromEmailAddress"] == f"FamiljehemSverige <{SENDER}>"
        assert recorder.calls[0].context == {"ses:FromAddress": SENDER}
        assert "a@example.se" not in recorder.calls[0].line()

    def test_says_when_the_provider_did_not_take_it(self, aws_house: AwsHouse):
        with before(aws_house.ses, "SendEmail", refusal("MessageRejected")), pytest.raises(NotConfirmedError):
            aws_house.post.send("a@example.se", "Ämne", "Text", {})


class TestTexting:
    def test_names_its_sender_and_what_kind_of_message_it_is(self, aws_house: AwsHouse):
        with before(aws_house.sns, "Publish") as bodies, Recorder() as recorder:
            aws_house.texting.send("+46701740605", "Din kod är 123456.")

        assert sorted(value for name, value in bodies[0].items() if name.endswith("StringValue")) == [
            "Familjehem",
            "Transactional",
        ]
        assert recorder.calls[0].action == "sns:Publish"
        assert "+46701740605" not in recorder.calls[0].line()

    def test_says_when_the_provider_did_not_take_it(self, aws_house: AwsHouse):
        with before(aws_house.sns, "Publish", LOST), pytest.raises(NotConfirmedError):
            aws_house.texting.send("+46701740605", "Din kod är 123456.")


class TestProofOfWork:
    def test_takes_a_challenge_of_an_older_secret(self):
        world = World()
        challenges = AltchaChallenges(world.secrets, largest_number=50)
        solution = _solved(challenges.issue(at(12)))
        world.secrets_kept = {"2": b"the next secret of the tests", **world.secrets_kept}

        assert challenges.check(solution.to_base64(), at(12)) is not None

    def test_refuses_another_time_another_number_and_another_key(self):
        world = World()
        challenges = AltchaChallenges(world.secrets, largest_number=50)
        solution = _solved(challenges.issue(at(12)))
        later = str(int(at(18).timestamp()))
        stolen = create_challenge(
            algorithm="SHA-256",
            max_number=50,
            salt_length=12,
            hmac_key="another",
            salt="",
            number=None,
            expires=at(18),
            params=None,
        )
        longer = Solved(
            solution.algorithm,
            solution.challenge,
            solution.number,
            f"{solution.salt}expires={later}&",
            solution.signature,
        )
        wrong = Solved(solution.algorithm, solution.challenge, solution.number + 1, solution.salt, solution.signature)

        for forged in (longer, wrong, _solved(stolen.to_dict())):
            with pytest.raises(ChallengeRefusedError) as refused:
                challenges.check(forged.to_base64(), at(12))
            assert refused.value.code == "forged"

    def test_asks_nothing_when_it_is_off(self):
        challenges = AltchaChallenges(World().secrets, asked=False)

        assert challenges.check(None, at(12)) is None
        assert challenges.issue(at(12)) == {}


class TestRecorder:
    def test_writes_lines_that_can_be_read_back(self, aws_house: AwsHouse, monkeypatch, tmp_path):
        path = tmp_path / "calls.jsonl"
        assert switch_on("delivery") is None
        monkeypatch.setenv("FAMILJEHEM_RECORD", str(path))

        recorder = switch_on(lambda: "delivery")
        assert recorder is not None
        aws_house.letter_queue.read(LetterTask("0680", "NUM-1"))
        list(aws_house.outbox.waiting())
        recorder.stop()
        aws_house.letter_queue.read(LetterTask("0680", "NUM-2"))

        assert read(path) == recorder.calls
        (got, asked) = recorder.calls
        assert got.context == {"dynamodb:LeadingKeys": ["OUT#LETTER#0680#NUM-1"], "dynamodb:Attributes": ["pk", "sk"]}
        assert asked.resources[0].endswith("/index/outbox")
        assert asked.context["dynamodb:LeadingKeys"] == ["OUT"]
        assert asked.context["dynamodb:Select"] == "ALL_PROJECTED_ATTRIBUTES"


def _solved(challenge) -> Solved:
    found = solve_challenge(challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxNumber"])
    return Solved(
        challenge["algorithm"], challenge["challenge"], found.number, challenge["salt"], challenge["signature"]
    )


_CALLS = Lock()


def _one_at_a_time(client) -> None:
    """Let the calls of a client stand apart from those of others, as moto needs it; what comes between them may."""
    call = client._make_api_call

    def alone(*asked):
        with _CALLS:
            return call(*asked)

    client._make_api_call = alone


def _entry(**changes) -> AccessEntry:
    told = {"person": "person-1", "name": "Prov Ett", "role": Role.CASE_WORKER, "kind": AccessKind.OPEN}
    return AccessEntry(**{"at": at(14), **told, "deliveries": ("NUM-1",), **changes})
