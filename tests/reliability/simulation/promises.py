"""What must be true of a town once it is quiet, whatever went wrong before (design 2)."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from dev.leaks import Searcher
from familjehem.adapters.dynamo import keys
from familjehem.adapters.vault import object_key
from familjehem.domain.identifiers import identity
from familjehem.domain.purpose import LETTER_VERSION, Purpose
from familjehem.domain.sealing import Label, letter_context, unseal, versioned
from tests.builders import MARKED_VALUES
from tests.memory.expressions import Row
from tests.memory.house import SECRETS, TABLES
from tests.reliability.simulation.town import MUNICIPALITIES, Applicant, Town

_PLAIN = tuple(mark.casefold().encode() for mark in MARKED_VALUES)
_TOKENS = re.compile(r"SEARCH#[^#]+#[0-9a-f]{32}")
_ENCODED = Searcher(MARKED_VALUES)


@dataclass
class Held:
    """What was held against the promises."""

    applications: int = 0
    letters: int = 0
    supplements: int = 0
    withdrawn: int = 0
    refused: int = 0
    checks: int = 0


def broken(town: Town, held: Held, *, thorough: bool = False) -> Iterator[str]:
    """Tell every promise that was broken; `thorough` searches for marked values in encoded forms too."""
    yield from town.broken
    if town.outbox:
        yield f"the outbox is not empty: {sorted(town.outbox)}"
    rows = town.cloud.dynamodb.tables[TABLES.main].rows
    stored = {pk.split("#")[1]: row for (pk, sk), row in rows.items() if sk == "APPLICATION"}
    promised: Counter[str] = Counter()
    for applicant in town.applicants:
        reference = _reference(applicant)
        row = stored.pop(reference, None)
        if row is None:
            if applicant.receipts:
                yield f"applicant {applicant.number} has a receipt and nothing is stored"
            if applicant.sent and not applicant.refused and not applicant.gone:
                yield f"applicant {applicant.number} was neither accepted nor refused"
            held.refused += applicant.refused is not None
            continue
        held.applications += 1
        # A try that nobody heard of may come in after a later one was refused; the page asks for it when it sends again.
        if applicant.refused and not applicant.receipts and not applicant.unheard:
            yield f"applicant {applicant.number} was refused ({applicant.refused}) and is accepted"
        yield from _kept(town, applicant, reference, row, promised, held)
    if stored:
        yield f"stored and never sent: {sorted(stored)}"
    yield from _counted(town, promised, held)
    yield from _told(town)
    yield from _to_be_found(town, held)
    yield from _leaks(town, thorough=thorough)


def _reference(applicant: Applicant) -> str:
    return identity(SECRETS["current"], SECRETS[SECRETS["current"]].encode(), applicant.key).reference


def _kept(
    town: Town, applicant: Applicant, reference: str, row: Row, promised: Counter[str], held: Held
) -> Iterator[str]:
    """One application: its receipts, and each chosen mailbox."""
    if len(applicant.receipts) > 1:
        yield f"applicant {applicant.number} got {len(applicant.receipts)} different receipts"
    promises = [_plain(one["M"]) for one in row["promises"]["L"]]
    if (receipt := applicant.receipt) is not None:
        told = [(one["number"], one["recipient"]["id"], one["municipalities"]) for one in receipt["deliveries"]]
        if told != [(one["number"], one["recipient"], one["municipalities"]) for one in promises]:
            yield f"the receipt of applicant {applicant.number} is not what is stored"
    reached = sorted(code for one in promises for code in one["municipalities"])
    if reached != sorted(applicant.municipalities):
        yield f"applicant {applicant.number} asked for {applicant.municipalities} and was promised {reached}"
    at_accept = town.accepted[reference]
    for one in promises:
        for code in one["municipalities"]:
            if at_accept[code] != (one["recipient"], True):
                yield f"{code} was promised by {one['recipient']}; it was served by {at_accept[code]}"
        promised[one["recipient"]] += 1
        yield from _delivered(town, applicant, one, held)
    yield from _known_of_others(town, row, promises)
    if not any(mail.to == applicant.email for mail in town.cloud.sesv2.mails):
        yield f"applicant {applicant.number} never got the confirmation"
    wraps = town.cloud.dynamodb.tables[TABLES.wraps].rows
    contact = keys.contact(reference)
    if (contact.pk, contact.sk) in wraps:
        yield f"the address of applicant {applicant.number} can still be opened"
    held.checks += 4


def _known_of_others(town: Town, row: Row, promises: list[dict[str, Any]]) -> Iterator[str]:
    """What the recipients of one application know of each other: as the calls are with consent, without it nothing."""
    rows = town.cloud.dynamodb.tables[TABLES.main].rows
    consents = row.get("share_recipients", {}).get("BOOL", False)
    called = {
        one["number"] for one in promises if "contacted_at" in (town.delivery(one["recipient"], one["number"]) or {})
    }
    for one in promises:
        key = keys.share(one["recipient"], one["number"])
        found = rows.get((key.pk, key.sk))
        known = (int(found["count"]["N"]), found["called"]["BOOL"]) if found else None
        wanted = (len(promises) - 1, bool(called - {one["number"]})) if consents else None
        if known != wanted:
            yield f"{one['number']} at {one['recipient']} knows {known} of others and may know {wanted}"


def _delivered(town: Town, applicant: Applicant, promise: Mapping[str, Any], held: Held) -> Iterator[str]:
    """One delivery: in its mailbox once, readable by its recipient and nobody else; or withdrawn and gone."""
    recipient, number = promise["recipient"], promise["number"]
    row = town.delivery(recipient, number)
    if row is None:
        yield f"{number} was promised and has no row"
        return
    state, here = row["state"]["S"], f"{number} at {recipient}"
    came = "received_at" in row
    if state == "withdrawn" and not applicant.withdrew:
        yield f"{here} is withdrawn by nobody"
    if state == "queued" or (state != "withdrawn" and not came):
        yield f"{here} never came"
        return
    if ("inbox_pk" in row) != came:
        yield f"{here} is listed wrongly"
    versions = range(LETTER_VERSION, LETTER_VERSION + 1 + int(row.get("supplements", {"N": "0"})["N"]))
    come = {int(one["M"]["version"]["N"]) for one in row.get("received_supplements", {"L": []})["L"]}
    if len(come) != len(row.get("received_supplements", {"L": []})["L"]):
        yield f"a supplement of {here} came twice"
    if state == "withdrawn":
        held.withdrawn += 1
        if not came and (left := [one for one in versions if _opened(town, recipient, number, one) is not None]):
            yield f"{here} was withdrawn before it came, and versions {left} can be opened"
        gone = [one for one in versions if one > LETTER_VERSION and one not in come]
        if any(_wrap(town, recipient, number, one) for one in gone):
            yield f"supplements of {here} were withdrawn and can be opened"
    else:
        if come != set(versions) - {LETTER_VERSION}:
            yield f"of {here} came the supplements {sorted(come)} of {len(versions) - 1}"
        if "notified_new_at" not in row:
            yield f"{recipient} was never told of {number}"
        if come and "notified_supplemented_at" not in row:
            yield f"{recipient} was never told of the supplement of {number}"
    if came:
        held.letters += 1
        held.checks += 6
        yield from _letter(town, applicant, recipient, number, promise)
        yield from _supplements(town, applicant, recipient, number, come, held)
        if state == "withdrawn" and "notified_withdrawn_at" not in row:
            yield f"{recipient} was never told that {number} is withdrawn"


def _letter(town: Town, applicant: Applicant, recipient: str, number: str, promise: Mapping[str, Any]) -> Iterator[str]:
    here = f"{number} at {recipient}"
    for purpose in (Purpose.LETTER, Purpose.CARD):
        kept = town.cloud.s3.versions.get(object_key(recipient, number, purpose), [])
        if len(kept) != 1:
            yield f"{purpose.name.lower()} of {here} lies in the bucket {len(kept)} times"
    letter = _opened(town, recipient, number, LETTER_VERSION)
    if letter is None:
        yield f"{here} cannot be opened by its recipient"
        return
    content = json.loads(letter)
    if content["answers"]["motive"] != applicant.motive or content["municipalities"] != promise["municipalities"]:
        yield f"{here} is not the letter that was sent"
    others = {"shareRecipients", *(set(MUNICIPALITIES) - set(promise["municipalities"]) - {"0680"})}
    if others & {*content["answers"], *content["municipalities"]}:
        yield f"{here} tells of other recipients"
    yield from _closed_to_others(town, recipient, number)


def _supplements(
    town: Town, applicant: Applicant, recipient: str, number: str, come: set[int], held: Held
) -> Iterator[str]:
    read: list[str] = []
    for version in sorted(come):
        kept = town.cloud.s3.versions.get(object_key(recipient, number, Purpose.SUPPLEMENT, version), [])
        if len(kept) != 1:
            yield f"supplement {version} of {number} lies in the bucket {len(kept)} times"
        opened = _opened(town, recipient, number, version)
        if opened is None:
            yield f"supplement {version} of {number} cannot be opened by {recipient}"
        else:
            read.append(json.loads(opened)["message"])
            held.supplements += 1
    told = {one.message for one in applicant.extras if one.receipt and _names(one.receipt, number)}
    sent = {one.message for one in applicant.extras}
    withdrawn = applicant.withdrew
    if len(set(read)) != len(read) or not set(read) <= sent or (not withdrawn and not told <= set(read)):
        yield f"of {number} the supplements {read} came, and {sorted(told)} were promised"


def _names(receipt: Mapping[str, Any], number: str) -> bool:
    return any(one["number"] == number for one in receipt["deliveries"])


def _wrap(town: Town, recipient: str, number: str, version: int) -> Row | None:
    key = keys.wrap(recipient, number, version)
    return town.cloud.dynamodb.tables[TABLES.wraps].rows.get((key.pk, key.sk))


def _opened(town: Town, recipient: str, number: str, version: int) -> bytes | None:
    """Open what lies in the mailbox with what AWS gives the recipient's own session, and nothing else."""
    purpose = Purpose.LETTER if version == LETTER_VERSION else Purpose.SUPPLEMENT
    wrap = _wrap(town, recipient, number, version)
    kept = town.cloud.s3.versions.get(object_key(recipient, number, purpose, version))
    if wrap is None or not kept:
        return None
    made = town.cloud.kms.decrypt(
        session=recipient,
        KeyId=town.key_of(recipient),
        CiphertextBlob=wrap["wrap"]["B"],
        EncryptionContext=letter_context(recipient, number),
    )
    return unseal(Label(purpose, recipient, versioned(number, version)), made["Plaintext"], kept[-1])


def _closed_to_others(town: Town, recipient: str, number: str) -> Iterator[str]:
    wrap = _wrap(town, recipient, number, LETTER_VERSION)
    other = "0180" if recipient != "0180" else "0680"
    for arn in (town.key_of(other), town.key_of(recipient)):
        for context in (letter_context(recipient, number), letter_context(other, number)):
            for session in (other, None):
                try:
                    town.cloud.kms.decrypt(
                        session=session, KeyId=arn, CiphertextBlob=wrap["wrap"]["B"], EncryptionContext=context
                    )
                except ClientError:
                    continue
                yield f"{number} of {recipient} can be opened by {session}"


def _counted(town: Town, promised: Counter[str], held: Held) -> Iterator[str]:
    """Families and deliveries are counted once, and no row stands that nobody was promised."""
    tally = town.cloud.dynamodb.tables[TABLES.tally].rows
    rows = town.cloud.dynamodb.tables[TABLES.main].rows
    families = {pk: row for (pk, sk), row in tally.items() if sk == "FAMILIES"}
    nation = sum(int(row["count"]["N"]) for pk, row in families.items() if pk.startswith("NATION#"))
    if nation != len(town.accepted):
        yield f"{nation} families were counted of {len(town.accepted)}"
    at_home = sum(
        int(row.get(f"{pk.partition('#')[0].lower()}_{kind}", {"N": "0"})["N"])
        for pk, row in families.items()
        for kind in ("families", "contactPersons")
    )
    if at_home != len(town.accepted):
        yield f"{at_home} families have a home in the tallies, of {len(town.accepted)}"
    apart = Counter[str]()
    for pk, row in families.items():
        if pk.startswith("RECIPIENT#"):
            apart[pk.split("#")[1]] += int(row["count"]["N"])
    if apart != promised:
        yield f"families were counted {dict(apart)} and were promised {dict(promised)}"
    came, stand = Counter[str](), Counter[str]()
    for (pk, sk), row in rows.items():
        if sk == keys.DELIVERY:
            stand[pk.split("#")[1]] += 1
            came[pk.split("#")[1]] += "received_at" in row
    if stand != promised:
        yield f"deliveries stand {dict(stand)} and were promised {dict(promised)}"
    counted = Counter[str]()
    for (pk, sk), row in tally.items():
        if sk == "DELIVERIES":
            counted[pk.split("#")[1]] += int(row["count"]["N"])
    if counted != +came:
        yield f"deliveries were counted {dict(counted)} and came {dict(came)}"
    lines = Counter(
        (pk.split("#")[1], one["S"])
        for (pk, sk), row in rows.items()
        if pk.startswith("ACCESS#") and sk != "HEAD" and row["kind"]["S"] == "open"
        for one in row["deliveries"]["L"]
    )
    if missing := town.opened - lines:
        yield f"opened without a line in the access log: {dict(missing)}"
    held.checks += 6


def _to_be_found(town: Town, held: Held) -> Iterator[str]:
    """Every letter that came has tokens or the note that it shall have them, and no token is of another letter."""
    rows = town.cloud.dynamodb.tables[TABLES.main].rows
    kept = {tuple(pk.split("#")[1:]): row for (pk, sk), row in rows.items() if sk == "SEARCHED"}
    listed = {
        (keys.found_by(recipient, each["S"]), row["place"]["S"])
        for (recipient, _), row in kept.items()
        for each in row["tokens"]["L"]
    }
    stand = {key for key in rows if _TOKENS.fullmatch(key[0])}
    if stand != listed:
        yield f"tokens stand {len(stand - listed)} too many and {len(listed - stand)} too few"
    for pk, sk in [one for one in rows if one[1] == keys.DELIVERY and "received_at" in rows[one]]:
        recipient, number = pk.split("#")[1:]
        note = keys.to_search(recipient, number)
        if (note.pk, note.sk) not in rows and (recipient, number) not in kept:
            yield f"{number} at {recipient} can never be found ({sk})"
    lines = Counter(
        (pk.split("#")[1], one["S"])
        for (pk, sk), row in rows.items()
        if pk.startswith("ACCESS#") and sk != "HEAD" and row["kind"]["S"] == "search"
        for one in row["deliveries"]["L"]
    )
    if missing := town.found - lines:
        yield f"found without a line in the access log: {dict(missing)}"
    held.checks += 3


def _told(town: Town) -> Iterator[str]:
    """Every function mailbox got at least one mail for each delivery that is noted as told of."""
    mails = Counter((mail.tags.get("recipient"), mail.tags.get("kind")) for mail in town.cloud.sesv2.mails)
    noted = Counter[tuple[str, str]]()
    for (pk, sk), row in town.cloud.dynamodb.tables[TABLES.main].rows.items():
        if sk == keys.DELIVERY:
            for occasion in ("new", "withdrawn", "supplemented"):
                noted[pk.split("#")[1], f"notice-{occasion}"] += f"notified_{occasion}_at" in row
    if missing := noted - mails:
        yield f"noted as told, and no mail was sent: {dict(missing)}"


def _leaks(town: Town, *, thorough: bool) -> Iterator[str]:
    for place, content in _places(town):
        folded = content.decode("utf-8", "replace").casefold().encode()
        found = {mark for mark in _PLAIN if mark in folded or mark in content}
        if thorough:
            found |= {one.mark.encode() for one in _ENCODED.search(place, content)}
        if found:
            yield f"in clear in {place}: {sorted(found)}"


def _places(town: Town) -> Iterator[tuple[str, bytes]]:
    for table in town.cloud.dynamodb.tables.values():
        yield f"table {table.name}", b"\n".join(_flat(row) for row in table.rows.values())
    objects = town.cloud.s3.versions.items()
    yield "the bucket", b"\n".join(key.encode() + b"\n" + b"\n".join(kept) for key, kept in objects)
    mails = town.cloud.sesv2.mails
    yield "mails", "\n".join(f"{mail.subject}\n{mail.text}\n{mail.tags}" for mail in mails).encode()
    ours = {one.email for one in town.applicants}
    receivers = [mail.to for mail in mails if mail.tags.get("kind") != "confirmation" or mail.to not in ours]
    yield "receivers", "\n".join(receivers).encode()
    yield "the log", town.log.getvalue().encode()
    streams = json.dumps([mapped.known for mapped in town.mappings.values()])
    yield "stream and queues of failures", (streams + json.dumps(town.dead_letters)).encode()
    yield "problems", b"\n".join(town.said)


def _flat(value: Any) -> bytes:
    match value:
        case bytes():
            return value
        case str():
            return value.encode()
        case dict():
            return b"\n".join(name.encode() + b" " + _flat(part) for name, part in value.items())
        case list():
            return b"\n".join(map(_flat, value))
        case _:
            return str(value).encode()


def _plain(promise: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": promise["number"]["S"],
        "recipient": promise["recipient"]["S"],
        "municipalities": [one["S"] for one in promise["municipalities"]["L"]],
    }
