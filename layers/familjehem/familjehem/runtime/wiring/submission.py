"""The wiring of submission."""

from dataclasses import dataclass

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.data_keys import KmsDataKeys
from familjehem.adapters.dynamo.attempts import DynamoAttempts
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.intake import DynamoIntake, Tables
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.proof_of_work import AltchaChallenges
from familjehem.adapters.secrets import SecretsManagerSecrets
from familjehem.ports import Challenges, Clock
from familjehem.runtime.settings import SubmissionSettings
from familjehem.usecases.check_identifications import CheckIdentifications
from familjehem.usecases.list_recipients import ListRecipients
from familjehem.usecases.read_receipt import ReadReceipt
from familjehem.usecases.seal_canary import SealCanary
from familjehem.usecases.share_recipients import ShareRecipients
from familjehem.usecases.submit_application import SubmitApplication
from familjehem.usecases.supplement_application import SupplementApplication
from familjehem.usecases.withdraw_application import WithdrawApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What the routes of submission need."""

    list_recipients: ListRecipients
    challenges: Challenges
    clock: Clock
    submit: SubmitApplication
    read_receipt: ReadReceipt
    withdraw: WithdrawApplication
    supplement: SupplementApplication
    share: ShareRecipients
    seal_canary: SealCanary


def wire(settings: SubmissionSettings) -> Submission:
    """Make the clients and use cases of submission; called once, at import of the handler."""
    aws, clock = Aws(), SystemClock()
    database = Database(aws.dynamodb())
    directory = DynamoDirectory(database, settings.MAIN_TABLE)
    store = aws.secrets()
    secrets = SecretsManagerSecrets(store, settings.MAC_SECRET_ARN)
    challenges = AltchaChallenges(secrets, asked=settings.PROOF_OF_WORK == "on")
    identifications = CheckIdentifications(
        secrets=SecretsManagerSecrets(store, settings.IDENTIFICATION_SECRET_ARN),
        required=settings.IDENTIFICATION == "on",
    )
    intake = DynamoIntake(database, Tables(settings.MAIN_TABLE, settings.WRAPS_TABLE, settings.TALLY_TABLE))
    read_receipt = ReadReceipt(
        secrets=secrets,
        intake=intake,
        attempts=DynamoAttempts(database, settings.MAIN_TABLE, secrets),
        clock=clock,
        failures_per_hour=settings.RECEIPT_FAILURES_PER_HOUR,
    )
    data_keys = KmsDataKeys(aws.kms())
    return Submission(
        list_recipients=ListRecipients(directory=directory),
        challenges=challenges,
        clock=clock,
        submit=SubmitApplication(
            secrets=secrets,
            challenges=challenges,
            identifications=identifications,
            directory=directory,
            data_keys=data_keys,
            intake=intake,
            clock=clock,
            contact_key=settings.CONTACT_KEY_ARN,
        ),
        read_receipt=read_receipt,
        withdraw=WithdrawApplication(receipt=read_receipt),
        supplement=SupplementApplication(receipt=read_receipt, directory=directory, data_keys=data_keys),
        share=ShareRecipients(receipt=read_receipt),
        seal_canary=SealCanary(directory=directory, data_keys=data_keys, intake=intake, clock=clock),
    )
