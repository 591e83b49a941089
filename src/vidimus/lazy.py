"""Properties that are worked out when they are first asked for, once for each instance.

`functools.cached_property` of Python 3.11 has one lock for all instances of a class: while a
network looks at one picture, no other thread could look at another one. Here each instance has a
lock of its own, and whoever asks while another thread is at it waits for that thread's answer.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")

_LOCK = "_lazy_lock"


class lazy(Generic[T]):  # noqa: N801 - a decorator, as property is
    """Make a method a property whose value is kept in the instance's `__dict__`."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...
    def __get__(self, instance: object | None, owner: type[Any]) -> Self | T:
        """Work the value out; the next time Python finds it before it comes here."""
        if instance is None:
            return self
        kept = instance.__dict__
        with kept.setdefault(_LOCK, RLock()):
            if self._name not in kept:
                kept[self._name] = self._work_out(instance)
            value: T = kept[self._name]
        return value
