"""Who runs when: one at a time, and where somebody may be overtaken a seed decides.

Everybody runs in a thread of its own, and stands still until it gets its turn; only at a call to AWS does it give the turn
back. So a whole town of functions runs the same way each time that it is run from one seed.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from random import Random
from typing import ClassVar


class Actor:
    """Somebody who does one thing, in turns."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self.name = name
        self.work = work
        self.go = threading.Semaphore(0)
        self.done = False
        self.error: BaseException | None = None


class _Worker(threading.Thread):
    """A thread that serves one actor after another; the function in it finds an event loop, as on Lambda."""

    idle: ClassVar["list[_Worker]"] = []

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.jobs: SimpleQueue[tuple[Actor, Turns]] = SimpleQueue()
        self.start()

    def run(self) -> None:
        asyncio.set_event_loop(loop())
        while True:
            actor, turns = self.jobs.get()
            actor.go.acquire()
            try:
                actor.work()
            except BaseException as error:
                actor.error = error
            actor.done = True
            _Worker.idle.append(self)
            turns.back.release()


_local = threading.local()


def loop() -> asyncio.AbstractEventLoop:
    """Give the event loop of this thread; stands for `familjehem.runtime.http._loop`."""
    if not hasattr(_local, "loop"):
        _local.loop = asyncio.new_event_loop()
    return _local.loop


class Turns:
    """Gives turns; `stays` is how likely an actor keeps its turn at a call."""

    def __init__(self, chance: Random, stays: float) -> None:
        self.chance = chance
        self.stays = stays
        self.back = threading.Semaphore(0)
        self.actors: list[Actor] = []
        self.current: Actor | None = None

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Let somebody begin, when its turn comes."""
        actor = Actor(name, work)
        (_Worker.idle.pop() if _Worker.idle else _Worker()).jobs.put((actor, self))
        self.actors.append(actor)

    def give(self) -> None:
        """Give the turn to one of those who wait for it, until it gives it back or is done."""
        self.current = actor = self.chance.choice(self.actors)
        actor.go.release()
        self.back.acquire()
        self.current = None
        if actor.done:
            self.actors.remove(actor)
            if actor.error:
                raise actor.error

    def pause(self) -> None:
        """Give the turn back, or keep it; called by whoever has it."""
        actor = self.current
        if actor is None or self.chance.random() < self.stays:
            return
        self.back.release()
        actor.go.acquire()

    def finish(self) -> None:
        """Let all who have begun come to their end."""
        while self.actors:
            self.give()
