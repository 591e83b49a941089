"""`python -m vidimus` is the `vidimus` command."""

from vidimus.cli.main import run

run()
