"""How onboardings, affiliations and fees lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import NEW, Write, update
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.assignment import Assignment
from familjehem.domain.invoice import Billing, Payer
from familjehem.domain.onboarding import Agreement, ExportProof, Onboarding
from familjehem.domain.recipient import RecipientKind
from familjehem.domain.tariff import Fee

_MOMENTS = (
    "requested_at",
    "approved_at",
    "mailbox_proven_at",
    "responsible_named_at",
    "responsible_proven_at",
    "canary_opened_at",
    "live_at",
    "paused_at",
    "leaving_at",
    "closing_at",
    "key_disabled_at",
    "closed_at",
)
_DAYS = ("last_day", "key_deleted_on")
_PLAIN = (
    "id",
    "recipient",
    "name",
    "function_mailbox",
    "domain_confirmed",
    "key_arn",
    "new_mailbox",
    "readers",
    "canary",
)


def onboarding_row(one: Onboarding) -> dict[str, Any]:
    """Give the row of an onboarding."""
    moments = {name: getattr(one, name) for name in _MOMENTS}
    days = {name: getattr(one, name) for name in _DAYS}
    return {
        **keys.onboarding(one.id).attributes(),
        **{name: getattr(one, name) for name in _PLAIN},
        **{name: keys.moment(at) for name, at in moments.items() if at is not None},
        **{name: day.isoformat() for name, day in days.items() if day is not None},
        "kind": one.kind.value,
        "municipalities": list(one.municipalities),
        "assignments": sorted(one.assignments),
        "payer": _payer_row(one.payer) if one.payer else None,
        "agreement": {"version": one.agreement.version, "accepted_at": keys.moment(one.agreement.accepted_at)}
        if one.agreement
        else None,
        "export": {"confirmed_on": one.export.confirmed_on.isoformat(), "case_number": one.export.case_number}
        if one.export
        else None,
        "revision": one.revision,
    }


def onboarding_write(table: str, before: Onboarding | None, after: Onboarding) -> Write:
    """Give what writes an onboarding: what changed and nothing else, so that a role can be held to what it may change.

    Refused, by the label `onboarding`, where the row is no longer as it was read.
    """
    key = keys.onboarding(after.id)
    new, old = (onboarding_row(after), onboarding_row(before) if before else {})
    new |= {"revision": before.revision + 1 if before else after.revision}
    # In a new row what has no value needs no attribute.
    changed = {name: part for name, part in new.items() if part != old.get(name) and (before or part)}
    gone = [name for name in old if name not in new or (new[name] is None and old[name] is not None)]
    sets = [name for name, part in changed.items() if part is not None and name not in key.attributes()]
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in sets)
    change += " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    values = {f":{name}": changed[name] for name in sets}
    if before:
        values[":read"] = before.revision
    condition = "#revision = :read" if before else NEW
    return update(table, key, change, values, condition=condition, label="onboarding")


def read_onboarding(row: Mapping[str, Any]) -> Onboarding:
    """Read an onboarding from its row."""
    agreement, export, payer = row.get("agreement"), row.get("export"), row.get("payer")
    facts: dict[str, Any] = {name: row[name] for name in _PLAIN if name in row}
    facts |= {name: datetime.fromisoformat(row[name]) for name in _MOMENTS if name in row}
    facts |= {name: date.fromisoformat(row[name]) for name in _DAYS if name in row}
    return Onboarding(
        **facts,
        kind=RecipientKind(row["kind"]),
        municipalities=tuple(row["municipalities"]),
        assignments=frozenset(Assignment(word) for word in row["assignments"]),
        payer=_read_payer(row["recipient"], payer) if payer else None,
        agreement=Agreement(version=agreement["version"], accepted_at=datetime.fromisoformat(agreement["accepted_at"]))
        if agreement
        else None,
        export=ExportProof(confirmed_on=date.fromisoformat(export["confirmed_on"]), case_number=export["case_number"])
        if export
        else None,
        revision=row["revision"],
    )


def affiliation_row(one: Affiliation) -> dict[str, Any]:
    """Give the row of an affiliation."""
    return {
        **keys.affiliation(one.municipality, one.since, one.recipient).attributes(),
        "municipality": one.municipality,
        "recipient": one.recipient,
        "since": one.since.isoformat(),
        "until": _day(one.until),
        "decided_on": _day(one.decided_on),
        "agreed_until": _day(one.agreed_until),
    }


def read_affiliation(row: Mapping[str, Any]) -> Affiliation:
    """Read an affiliation from its row."""
    return Affiliation(
        municipality=row["municipality"],
        recipient=row["recipient"],
        since=date.fromisoformat(row["since"]),
        until=_read_day(row.get("until")),
        decided_on=_read_day(row.get("decided_on")),
        agreed_until=_read_day(row.get("agreed_until")),
    )


def fee_row(fee: Fee) -> dict[str, Any]:
    """Give the row of a fee, with all that it rests on."""
    return {
        **keys.fee(fee.year, fee.municipality).attributes(),
        "year": fee.year,
        "municipality": fee.municipality,
        "population": fee.population,
        "population_year": fee.population_year,
        "tariff": fee.tariff,
        "ore": fee.ore,
        "vat_percent": fee.vat_percent,
    }


def read_fee(row: Mapping[str, Any]) -> Fee:
    """Read a fee from its row."""
    return Fee(
        year=row["year"],
        municipality=row["municipality"],
        population=row["population"],
        population_year=row["population_year"],
        tariff=row["tariff"],
        ore=row["ore"],
        vat_percent=row["vat_percent"],
    )


def _payer_row(payer: Payer) -> dict[str, str]:
    return {
        "name": payer.name,
        "address": payer.address,
        "reference": payer.reference,
        "billing": payer.billing.value,
    }


def _read_payer(recipient: str, row: Mapping[str, str]) -> Payer:
    return Payer(
        recipient=recipient,
        name=row["name"],
        address=row["address"],
        reference=row["reference"],
        billing=Billing(row["billing"]),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
