"""Reckon a month's cost on AWS list prices from what was measured, and write docs/cost.md: `make cost`.

`--again` takes the figures of docs/cost.json instead of measuring anew. `docs/prices.json` is the dated table of prices.
"""

import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev.metering import PAGE, READ_UNIT, Measured, measure
from dev.template import load

ROOT = Path(__file__).parent.parent
PRICES = ROOT / "docs/prices.json"
FIGURES = ROOT / "docs/cost.json"
PAGE_OF_COST = ROOT / "docs/cost.md"
GB = 1024**3
MINUTES = 43_800
"""In a month of 730 hours."""
FUNCTION_OF = {
    "question_set": "SelfTest",
    "self_test": "SelfTest",
    "recipients": "Submission",
    "challenge": "Submission",
    "submit": "Submission",
    "receipt": "Submission",
    "withdraw_1": "Submission",
    "deliver": "Delivery",
    "notice": "Notification",
    "confirmation": "Notification",
    "list_page": "Mailbox",
    "open": "Mailbox",
    "housekeeping": "Housekeeping",
}
HTTP = ("question_set", "self_test", "recipients", "challenge", "submit", "receipt", "withdraw_1", "list_page", "open")
ACCESS_LOG_LINE = 150
SCENES = tuple(
    (applications, recipients, chosen)
    for applications in (600, 60_000)
    for recipients in (7, 290)
    for chosen in (1.8, 5.0)
)
DETAILED = ((600, 7, 1.8), (600, 7, 5.0), (60_000, 290, 1.8), (60_000, 290, 5.0))


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What nobody can measure before the service is used. Each field stands in docs/cost.md with its value."""

    visits: float = 20
    """visits of the website for each application; each loads the question set and the recipients once"""
    self_tests: float = 5
    """self-tests for each application"""
    challenges: float = 1.2
    """challenges fetched for each application"""
    receipts: float = 3
    """times that each receipt is read"""
    withdrawn: float = 0.05
    """share of deliveries that are withdrawn"""
    lists: float = 4
    """full pages of 25 lines that a mailbox shows for each delivery"""
    opened: float = 3
    """times that each letter is opened"""
    case_workers: float = 3
    """case workers of each recipient who sign in during a month"""
    cold_when_few: float = 1.0
    """share of invocations that meet a cold function, up to 6 000 applications"""
    cold_when_many: float = 0.1
    """the same above that"""
    months_kept: float = 24
    """months that letters are kept: storage is that of a service which has run so long"""
    log_months: float = 3
    """months that logs are kept"""
    site_requests: float = 12
    """files of the website for each visit"""
    site_kb: float = 300
    """KB of the website for each visit"""
    metrics: float = 6
    """metrics of our own: three of the outbox, three of the self-test"""
    key_renewals: float = 43_200
    """times a month that tables and buckets ask for their own keys: five roles, every five minutes"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the template says: megabytes by function, and how many there are of what costs by the month.

    `alarms` counts metrics under alarm.
    """

    memory: Mapping[str, int]
    keys: int
    secrets: int
    alarms: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: `quantity` of what `price` names."""

    group: str
    price: str
    quantity: float

    def usd(self, prices: Mapping[str, Any]) -> float:
        """Give what it costs."""
        one = prices[self.price]
        return self.quantity / one["per"] * one["usd"]


def facts() -> Facts:
    """Read the template as production gets it."""
    template = load(ROOT / "template.yaml", {"Stage": "prod", "SourceDigest": "1" * 64})

    def count(kind: str) -> int:
        return len(template.of_type(kind))

    return Facts(
        memory={
            one.path: int(one.properties.get("MemorySize", 128)) for one in template.of_type("AWS::Lambda::Function")
        },
        keys=count("AWS::KMS::Key"),
        secrets=count("AWS::SecretsManager::Secret"),
        # An alarm on an expression is paid for by each metric in it.
        alarms=sum(
            sum("MetricStat" in one for one in alarm.properties.get("Metrics", ())) or 1
            for alarm in template.of_type("AWS::CloudWatch::Alarm")
        ),
    )


def month(
    applications: int,
    recipients: int,
    chosen: float,
    measured: Measured,
    found: Facts,
    assumed: Assumptions,
) -> list[Line]:
    """Give every line of one month's bill, for so many applications to `chosen` of `recipients` on average."""
    times = _times(applications, chosen, assumed)
    cold = assumed.cold_when_few if applications <= 6000 else assumed.cold_when_many
    lines: list[Line] = []

    def bill(group: str, price: str, quantity: float) -> None:
        if quantity:
            lines.append(Line(group, price, quantity))

    # ---- what each path does
    requests = sum(times[path] for path in HTTP)
    bill("API", "api.request", requests)
    sent_out = logged = 0.0
    for path, count in times.items():
        function = FUNCTION_OF[path]
        ran = count * _at(measured.invocations, path, chosen, otherwise=1.0)
        # Housekeeping comes every minute and stays warm.
        started = 0.0 if path == "housekeeping" else ran * cold
        seconds = ran * _at(measured.seconds, path, chosen) + started * measured.starts[function]
        bill("functions", "lambda.gb_second", seconds * found.memory[function] / 1024)
        bill("functions", "lambda.request", ran)
        if function == "Submission":
            bill("keys and secrets", "secrets.request", started)
            bill("keys and secrets", "kms.request", started)
        logged += ran * _at(measured.log, path, chosen)
        sent_out += count * measured.answers.get(_nearest(path, chosen), 0) if path in HTTP else 0
        for price, units in _units(measured, path, chosen).items():
            if (path, price) == ("recipients", "dynamodb.read"):
                units = math.ceil(recipients * measured.stored["recipient"] / READ_UNIT)  # noqa: PLW2901 one query reads them all
            bill(_group(price), price, count * units)
    bill("API", "transfer.gb", sent_out / GB)

    # ---- what stands there
    deliveries = applications * chosen * assumed.months_kept
    bill("keys and secrets", "kms.key_month", found.keys + recipients)
    bill("keys and secrets", "kms.request", assumed.key_renewals)
    bill("keys and secrets", "secrets.secret_month", found.secrets)
    stored = measured.stored
    access = assumed.lists * stored["access_list"] + assumed.opened * stored["access_open"]
    rows = deliveries * (stored["main"] + stored["wraps"] + access) / GB
    bill("tables", "dynamodb.gb_month", rows)
    bill("tables", "dynamodb.pitr_gb_month", rows)
    bill("mailbox bucket", "s3.gb_month", deliveries * stored["letter"] / GB)
    bill("people", "cognito.user_month", recipients * assumed.case_workers)
    bill("watch", "cloudwatch.alarm_month", found.alarms)
    bill("watch", "cloudwatch.metric_month", assumed.metrics)
    bill("watch", "scheduler.invocation", MINUTES)
    gigabytes = (logged + requests * ACCESS_LOG_LINE) / GB
    bill("watch", "cloudwatch.log_gb", gigabytes)
    bill("watch", "cloudwatch.log_gb_month", gigabytes * assumed.log_months)
    visits = applications * assumed.visits
    bill("website", "cloudfront.request", visits * assumed.site_requests)
    bill("website", "cloudfront.gb", visits * assumed.site_kb * 1024 / GB)
    return _added(lines)


def _times(applications: int, chosen: float, assumed: Assumptions) -> dict[str, float]:
    """Give how often each path is walked in the month."""
    deliveries = applications * chosen
    return {
        "question_set": applications * assumed.visits,
        "recipients": applications * assumed.visits,
        "self_test": applications * assumed.self_tests,
        "challenge": applications * assumed.challenges,
        "submit": applications,
        "confirmation": applications,
        "receipt": applications * assumed.receipts,
        "deliver": deliveries,
        "notice": deliveries * (1 + assumed.withdrawn),
        "withdraw_1": deliveries * assumed.withdrawn,
        "list_page": deliveries * assumed.lists,
        "open": deliveries * assumed.opened,
        "housekeeping": MINUTES,
    }


def _group(price: str) -> str:
    return {"dynamodb": "tables", "s3": "mailbox bucket", "kms": "keys and secrets", "ses": "e-mail", "sts": "people"}[
        price.partition(".")[0]
    ]


def _units(measured: Measured, path: str, chosen: float) -> dict[str, float]:
    """Give the billed units of a path; between two whole numbers of recipients, what lies between."""
    if path != "submit":
        return measured.units[path]
    low, high = math.floor(chosen), math.ceil(chosen)
    first, second = measured.units[f"submit_{low}"], measured.units[f"submit_{high}"]
    return {price: first[price] + (second[price] - first[price]) * (chosen - low) for price in first}


def _at(figures: Mapping[str, float], path: str, chosen: float, *, otherwise: float = 0.0) -> float:
    """Give a figure of a path; a submission's lies between those measured for one recipient and for five."""
    if path == "submit":
        one, five = figures["submit_1"], figures["submit_5"]
        return one + (five - one) * (chosen - 1) / 4
    if path == "confirmation":
        # It is one of the notices that were measured together.
        path = "notice"
    return figures.get(path, otherwise)


def _nearest(path: str, chosen: float) -> str:
    return path if path != "submit" else ("submit_5" if chosen > 3 else "submit_1")


def _added(lines: Iterable[Line]) -> list[Line]:
    total: dict[tuple[str, str], float] = {}
    for one in lines:
        total[one.group, one.price] = total.get((one.group, one.price), 0.0) + one.quantity
    return [Line(group, price, quantity) for (group, price), quantity in total.items()]


def whole(lines: Iterable[Line], prices: Mapping[str, Any]) -> float:
    """Give the sum in USD."""
    return sum(one.usd(prices) for one in lines)


# ---------------------------------------------------------------- the page


def page(measured: Measured, noted: Mapping[str, Any], table: Mapping[str, Any], found: Facts) -> str:
    """Give docs/cost.md."""
    prices, assumed = table["prices"], Assumptions()
    return "\n".join(
        [
            "# What a month costs",
            "",
            f"Written by `make cost`; measured {noted['date']} on {noted['machine']}. The prices are those of",
            f"[prices.json](prices.json) for {table['region']}, dated {table['date']}, in {table['currency']}: {table['note']}",
            "",
            "Units are counted at the calls that the adapters make (over moto), time is that of the functions on the local",
            "service. **The time is an estimate**: it was taken on another processor than the arm64 of Lambda, with an",
            "emulator that is nearer and slower than AWS, and nothing was scaled.",
            "",
            "## In all, USD a month",
            "",
            "| applications | recipients | chosen by each | a month | by application |",
            "|---:|---:|---:|---:|---:|",
            *_sums(measured, found, assumed, prices),
            "",
            f"Of that, keys of recipients: {_money(7 * prices['kms.key_month']['usd'])} for 7 and",
            f"{_money(290 * prices['kms.key_month']['usd'])} for 290. Keys are rotated every year, and each of a key's first two",
            "rotations adds the price of a key: from the third year on the keys cost three times that.",
            "",
            "## By service, USD a month",
            "",
            *_details(measured, found, assumed, prices),
            "",
            "## Measured for each path",
            "",
            f"A page of the mailbox has {PAGE} lines. Time is that of one invocation; a worker of the stream takes several",
            "letters at once, hence invocations below one.",
            "",
            *_paths(measured),
            "",
            "| function | memory, MB | start-up, s |",
            "|---|---:|---:|",
            *(f"| {name} | {found.memory[name]} | {seconds:.2f} |" for name, seconds in measured.starts.items()),
            "",
            f"Stored: {measured.stored['main']:.0f} bytes in the main table and {measured.stored['wraps']:.0f} in the table of wraps for",
            f"an application to one recipient, {measured.stored['access_list']:.0f} for a page and",
            f"{measured.stored['access_open']:.0f} for a letter in the access log, {measured.stored['letter']:.0f} in the mailbox for each delivery. Standing: {found.keys} keys",
            f"besides those of recipients, {found.secrets} secret, {found.alarms} metrics under alarm.",
            "",
            "## Assumed",
            "",
            "| what | value |",
            "|---|---:|",
            *(f"| {about} | {_number(getattr(assumed, name))} |" for name, about in _about().items()),
            "",
        ]
    )


def _sums(measured: Measured, found: Facts, assumed: Assumptions, prices: Mapping[str, Any]) -> Iterator[str]:
    for applications, recipients, chosen in SCENES:
        total = whole(month(applications, recipients, chosen, measured, found, assumed), prices)
        each = total / applications
        yield f"| {_number(applications)} | {recipients} | {chosen:g} | **{_money(total)}** | {each:.4f} |"


def _details(measured: Measured, found: Facts, assumed: Assumptions, prices: Mapping[str, Any]) -> Iterator[str]:
    months = [{(one.group, one.price): one for one in month(*scene, measured, found, assumed)} for scene in DETAILED]
    names = [f"{_number(a)} to {r}, {c:g} each" for a, r, c in DETAILED]
    yield f"| service | what | {' | '.join(names)} |"
    yield f"|---|---|{'---:|' * len(names)}"
    order = list(dict.fromkeys(group for lines in months for group, _ in lines))
    for group in order:
        known = list(dict.fromkeys(key for lines in months for key in lines if key[0] == group))
        for key in known:
            costs = [lines[key].usd(prices) if key in lines else 0.0 for lines in months]
            yield f"| {group} | {prices[key[1]]['what']} | {' | '.join(map(_money, costs))} |"
        sums = [sum(one.usd(prices) for (of, _), one in lines.items() if of == group) for lines in months]
        yield f"| **{group}** | | {' | '.join(f'**{_money(one)}**' for one in sums)} |"
    yield f"| **all** | | {' | '.join(f'**{_money(whole(lines.values(), prices))}**' for lines in months)} |"


def _paths(measured: Measured) -> Iterator[str]:
    yield "| path | calls of AWS | units billed | s | invocations | answer, bytes | log, bytes |"
    yield "|---|---|---|---:|---:|---:|---:|"
    for path in measured.units:
        calls = ", ".join(f"{count} {name}" for name, count in measured.calls[path].items())
        units = ", ".join(f"{_number(count)} {name}" for name, count in measured.units[path].items() if count)
        seconds, ran = measured.seconds.get(path), measured.invocations.get(path)
        yield (
            f"| {path.replace('_', ' ')} | {calls} | {units} | {'' if seconds is None else f'{seconds:.3f}'} |"
            f" {'' if ran is None else f'{ran:g}'} | {measured.answers.get(path, '') if path.startswith(HTTP) else ''} |"
            f" {_number(measured.log[path]) if path in measured.log else ''} |"
        )


def _about() -> dict[str, str]:
    """Give the words that stand under each assumption."""
    lines = [line.strip() for line in Path(__file__).read_text("utf-8").splitlines()]
    return {
        one.name: lines[next(at for at, line in enumerate(lines) if line.startswith(f"{one.name}: float")) + 1].strip(
            '"'
        )
        for one in fields(Assumptions)
    }


def _money(usd: float) -> str:
    return f"{usd:,.2f}".replace(",", " ")


def _number(number: float) -> str:
    return f"{number:,.6g}".replace(",", " ") if number < 1_000_000 else f"{number:,.0f}".replace(",", " ")


def main() -> int:
    """Measure, reckon, print and write."""
    if "--again" in sys.argv:
        noted = json.loads(FIGURES.read_text("utf-8"))
    else:
        measured = measure()
        machine = f"{os.cpu_count()} shared cores ({platform.machine()}), CPython {platform.python_version()}"
        noted = {"date": datetime.now(UTC).date().isoformat(), "machine": machine, "measured": asdict(measured)}
        FIGURES.write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")
    content = page(Measured(**noted["measured"]), noted, json.loads(PRICES.read_text("utf-8")), facts())
    PAGE_OF_COST.write_text(content, encoding="utf-8")
    if "--again" not in sys.argv:
        print(content.partition("## Measured")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
