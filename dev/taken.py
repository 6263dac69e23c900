"""A record of which properties of a resource the local cloud has really looked at.

Whoever makes a resource takes its properties from a `Taken`; what was never taken is told by `left`, and a test
compares that with the list in `dev/not_local.py`. So nothing of the template can be dropped silently.
"""

from collections.abc import Iterator, Mapping
from typing import Any


class Taken:
    """The properties of one resource, or a part of them."""

    def __init__(self, properties: Mapping[str, Any], path: str = "") -> None:
        """Begin with nothing taken."""
        self._properties = properties
        self._path = path
        self._whole: set[str] = set()
        self._parts: dict[str, list[Taken]] = {}

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a property; asking takes nothing."""
        return name in self._properties

    def get(self, name: str, default: Any = None) -> Any:
        """Take a property with all that it holds."""
        self._whole.add(name)
        return self._properties.get(name, default)

    def some(self, *names: str) -> dict[str, Any]:
        """Take those of `names` that there are, as they are."""
        self._whole |= set(names)
        return {name: self._properties[name] for name in names if name in self._properties}

    def part(self, name: str) -> "Taken":
        """Step into an object; what is taken there is taken, the rest is not. Empty when it is absent."""
        return self.parts(name)[0] if isinstance(self._properties.get(name), Mapping) else Taken({})

    def parts(self, name: str) -> "list[Taken]":
        """Step into a list of objects, or into one object as a list of one."""
        if name not in self._parts:
            found = self._properties.get(name) or []
            listed: list[Any] = [found] if isinstance(found, Mapping) else found
            self._parts[name] = [Taken(each, f"{self._path}{name}.") for each in listed]
        return self._parts[name]

    def left(self) -> Iterator[str]:
        """Give the paths that nobody took, without the indexes of lists: `BucketEncryption.BucketKeyEnabled`."""
        for name in self._properties:
            if name in self._whole:
                continue
            if name in self._parts:
                for part in self._parts[name]:
                    yield from part.left()
            else:
                yield f"{self._path}{name}"
