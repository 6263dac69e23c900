"""What happens in a town: the main ways, told one after another, and a whole evening by chance."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, Self

from familjehem.domain.recipient import RecipientState
from tests.reliability.simulation.faults import Fault
from tests.reliability.simulation.promises import Held, broken
from tests.reliability.simulation.stage import staged
from tests.reliability.simulation.town import (
    MUNICIPALITIES,
    RECIPIENTS,
    Batch,
    BrokenPromiseError,
    Chance,
    Planned,
    Town,
    contact_key,
    heard,
)
from tests.reliability.simulation.turns import Turns

type Story = Callable[[Town], None]
type Schedule = Mapping[int, Fault]


@dataclass
class Figures:
    """What was run, and what was found."""

    runs: int = 0
    calls: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    held: Held = field(default_factory=Held)

    def add(self, town: Town) -> None:
        """Take down one run."""
        self.runs += 1
        self.calls += town.calls
        self.faults.update({str(fault): count for fault, count in town.injected.items()})

    def __iadd__(self, other: "Figures") -> Self:
        """Take over what another process ran."""
        self.runs, self.calls = self.runs + other.runs, self.calls + other.calls
        self.faults += other.faults
        for name, count in asdict(other.held).items():
            setattr(self.held, name, getattr(self.held, name) + count)
        return self


# ---------------------------------------------------------------- the main ways


def application(town: Town) -> None:
    """One family, two recipients, an address: from the page to mailboxes and mails."""
    family = town.applicant("0680", "0687")
    _until_told(town, lambda: town.submit(family), lambda: family.waits)
    town.deliver_all()


def supplement(town: Town) -> None:
    """A supplement while one letter still waits, and the deliveries of all of it."""
    family = town.applicant("0680", "0687")
    _until_told(town, lambda: town.submit(family), lambda: family.waits)
    if town.mappings["delivery"].waiting:
        town.work("delivery", town.mappings["delivery"].take(1))
    town.supplement(family)
    town.deliver_all()


def withdrawal(town: Town) -> None:
    """One delivery that came and one that waits are withdrawn, and looked at again."""
    family = town.applicant("0680", "0687")
    _until_told(town, lambda: town.submit(family), lambda: family.waits)
    if town.mappings["delivery"].waiting:
        town.work("delivery", town.mappings["delivery"].take(1))
    town.supplement(family)
    town.withdraw(family)
    town.look(family)
    town.deliver_all()


def reading(town: Town) -> None:
    """A case worker lists, opens, claims and calls; consent is taken back; the family looks."""
    family = town.applicant("0680", "0687")
    _until_told(town, lambda: town.submit(family), lambda: family.waits)
    town.deliver_all()
    town.open_letters("0680", handle=True)
    town.search("0680")
    town.supplement(family)
    town.deliver_all()
    town.search("0680")
    town.share(family, consent=False)
    town.look(family)


STORIES: Mapping[str, Story] = {
    "application": application,
    "supplement": supplement,
    "withdrawal": withdrawal,
    "reading": reading,
}


def _until_told(town: Town, ask: Callable[[], None], waits: Callable[[], bool]) -> None:
    """Let a page try again as a person would, three times now and the rest when all is well again."""
    for _ in range(3):
        ask()
        if not waits():
            return


# ---------------------------------------------------------------- schedules


class _Listening(Planned):
    """A schedule that takes down which faults each call could have had."""

    def __init__(self, faults: Schedule) -> None:
        super().__init__(faults)
        self.heard: list[tuple[int, tuple[Fault, ...]]] = []

    def __call__(self, number: int, name: str, faults: Any) -> Fault | None:
        self.heard.append((number, tuple(faults)))
        return super().__call__(number, name, faults)


def run(name: str, schedule: Schedule, figures: Figures) -> list[tuple[int, tuple[Fault, ...]]]:
    """Run one of the main ways under a schedule; give the calls that there were. `BrokenPromiseError`."""
    listening = _Listening(schedule)
    town = Town(listening, chance=Random(0))
    with heard(town):
        STORIES[name](town)
        town.repair()
    _judge(town, figures, f"--story {name} --faults {written(schedule)!r}", thorough=not figures.runs)
    return listening.heard


def singles(name: str, figures: Figures, *, part: int = 0, parts: int = 1) -> Iterator[Schedule]:
    """Run a way with every single fault at every call, one at a time; give each schedule once it was run.

    With `parts`, every so many of them, from `part` on.
    """
    every = ((number, fault) for number, faults in run(name, {}, figures) for fault in faults)
    for number, fault in itertools.islice(every, part, None, parts):
        run(name, {number: fault}, figures)
        yield {number: fault}


def pairs(name: str, figures: Figures, *, part: int = 0, parts: int = 1) -> Iterator[Schedule]:
    """Run a way with every two faults, the second at any call after the first; `part` of `parts` of them."""
    firsts = ((number, fault) for number, faults in run(name, {}, Figures()) for fault in faults)
    for number, fault in itertools.islice(firsts, part, None, parts):
        for second, faults in run(name, {number: fault}, figures):
            for other in faults if second > number else ():
                run(name, {number: fault, second: other}, figures)
                yield {number: fault, second: other}


def written(schedule: Schedule) -> str:
    """Write a schedule as `read` reads it."""
    return ",".join(f"{number}:{fault.name}" for number, fault in schedule.items())


def read(text: str) -> Schedule:
    """Read a schedule."""
    pairs_of = (one.split(":") for one in text.split(",") if one)
    return {int(number): Fault[name] for number, name in pairs_of}


# ---------------------------------------------------------------- an evening by chance


def evening(seed: int, figures: Figures) -> Town:
    """Run an evening in which everything may happen at once, as the seed says. `BrokenPromiseError`."""
    chance = Random(seed)
    faults = Chance(chance, chance.choice((0.0, 0.02, 0.1, 0.25)))
    turns = Turns(chance, stays=chance.choice((0.3, 0.7, 0.95)))
    town = Town(faults, chance=chance, turns=turns, guarded=chance.random() < 0.15)
    town.lag = chance.random() < 0.5
    with ExitStack() as stack:
        stack.enter_context(heard(town))
        if town.guarded:
            stack.enter_context(staged(contact_key(), guarded=True))
        for _ in range(chance.randint(1, 5)):
            chosen = chance.sample(MUNICIPALITIES, chance.choice((1, 2, 2, 3)))
            town.applicant(*chosen)
        waiting = [one for one in town.applicants for _ in range(chance.choice((1, 1, 1, 2)))]
        for _ in range(chance.randint(20, 60)):
            if waiting and chance.random() < 0.4:
                one = waiting.pop()
                turns.start(f"applicant {one.number}", lambda one=one: town.submit(one))
            else:
                _happens(town, faults, turns)
            for _ in range(chance.randint(0, 12)):
                if turns.actors:
                    turns.give()
        for one in waiting:
            turns.start(f"applicant {one.number}", lambda one=one: town.submit(one))
        turns.finish()
        town.repair()
    _judge(town, figures, f"--seed {seed}", thorough=seed % 16 == 0)
    return town


def _happens(town: Town, faults: Chance, turns: Turns) -> None:
    chance = town.chance
    one = chance.choice(town.applicants)
    recipient = chance.choice(RECIPIENTS)
    function = chance.choice(("delivery", "delivery", "notification"))
    mapped = town.mappings[function]
    match chance.randrange(24):
        case 0:
            one.gone = chance.random() < 0.2
        case 1:
            promised = [each["number"] for each in (one.receipt or {"deliveries": []})["deliveries"]]
            number = chance.choice([*promised, None])
            turns.start(f"withdrawal {one.number}", lambda: town.withdraw(one, number))
        case 2 | 3:
            turns.start(f"supplement {one.number}", lambda: town.supplement(one))
        case 4:
            consent = chance.random() < 0.5
            turns.start(f"consent {one.number}", lambda: town.share(one, consent=consent))
        case 5 | 6:
            turns.start(f"look {one.number}", lambda: town.look(one))
        case 7:
            town.change(recipient, state=chance.choice((RecipientState.LIVE, RecipientState.PAUSED)).value)
        case 8:
            town.change(recipient, closing_time=f"1{chance.randrange(10)}:30")
        case 9 | 10:
            town.move("0687" if chance.random() < 0.5 else "0680", chance.choice(("unit-hoglandet", "0680", "0180")))
        case 11:
            arn = chance.choice([contact_key(), town.key_of(recipient)])
            (town.cloud.kms.disable_key if chance.random() < 0.5 else town.cloud.kms.enable_key)(
                session=None, KeyId=arn
            )
        case 12 | 13:
            turns.start("housekeeping", town.keep_house)
        case 14:
            handle = chance.random() < 0.5
            turns.start(f"case worker {recipient}", lambda: town.open_letters(recipient, handle=handle))
            turns.start(f"search {recipient}", lambda: town.search(recipient))
        case 15:
            town.clock.passes(chance.choice((20, 100, 200, 1000)))
        case 16:
            faults.mail_down = chance.random() < 0.5
        case 17 if mapped.known:
            again = tuple(chance.sample(mapped.known, min(len(mapped.known), chance.randint(1, 3))))
            turns.start(f"{function}, once more", lambda: town.work(function, Batch(again)))
        case _ if mapped.waiting:
            batch = mapped.take(chance.randint(1, 4), chance.randrange(len(mapped.waiting)))
            turns.start(function, lambda: town.work(function, batch))
        case _:
            pass


def _judge(town: Town, figures: Figures, again: str, *, thorough: bool) -> None:
    figures.add(town)
    if found := list(broken(town, figures.held, thorough=thorough)):
        told = "\n  ".join(dict.fromkeys(found))
        trace = "\n".join(town.trace)
        raise BrokenPromiseError(f"{trace}\n\nBroken:\n  {told}\nAgain: python -m tests.reliability.simulation {again}")
