"""How much memory a process may take, and how much of what it freed it may keep."""

import ctypes
import resource

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""
_ARENAS = 2


def limit_memory(megabytes: int) -> None:
    """Let this process take no more memory (MiB) of its own; 0 is as much as there is.

    The headers of a few kilobytes can have a decoder ask for gigabytes: it is to be refused here,
    before the system ends some other process for want of memory.
    """
    if megabytes:
        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def share_arenas() -> None:
    """Have all threads take memory from two places, and not from eight for each core.

    What is freed in one of glibc's arenas serves its own threads alone, and the dozens of threads
    that decode and infer take turns with large pictures. Call it before other threads begin; a C
    library that is not glibc has no arenas, and is left alone.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)
