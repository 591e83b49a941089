"""An engine for a benchmark, with the installed models and nothing else of the user's."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidimus import open_engine, read_settings
from vidimus.engine.engine import Engine


@contextmanager
def engine_on_own_home() -> Iterator[Engine]:
    """Open an engine by the user's settings on a home of its own, which is gone afterwards."""
    settings = read_settings()
    with tempfile.TemporaryDirectory() as home:
        here = settings.model_copy(update={"home": Path(home), "models": str(settings.models_path)})
        with open_engine(here) as engine:
            yield engine
