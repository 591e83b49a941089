"""A group of commands of which one may go without its name."""

from typing import Any, ClassVar

from typer.core import TyperGroup


class DefaultCommandGroup(TyperGroup):
    """Runs the command `default` where the first word names none of the group's."""

    default: ClassVar[str] = "photos"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default's name in front where no command is named; `--help` stays the group's."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [self.default, *args]
        return list(super().parse_args(ctx, args))
