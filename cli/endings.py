"""How a command ends: exit statuses, and one line for what went wrong."""

import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import typer

from records import GleaningsError

DONE = 0
FAILED = 1
USAGE = 2
GATE = 3
LOCKED = 4
PARTLY = 5
INTERRUPTED = PARTLY


@dataclass(slots=True)
class State:
    """What options of every command set."""

    debug: bool = False


def ending(app: typer.Typer, argv: Sequence[str]) -> int:
    """Run a command line; the exit status, with anything that went wrong said on stderr."""
    state = State()
    command = typer.main.get_command(app)
    try:
        with command.make_context("glean", list(argv or ["--help"]), obj=state) as context:
            status = command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as early:
        return early.exit_code if argv else USAGE
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _give_up_output()
        return DONE  # the reader has what it wanted
    except typer.TyperException as error:
        _say(_misspelt(error))
        return error.exit_code
    except GleaningsError as error:
        return _failed(str(error), state, status=error.status)
    except OSError as error:
        _give_up_output()
        return _failed(f"{error.filename or 'output'}: {error.strerror or error}", state)
    except MemoryError:
        return _failed("out of memory: nothing more was done", state)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return _failed(f"unforeseen: {reason}; run it again with --debug and report it", state)
    return status if isinstance(status, int) else DONE


def _misspelt(error: typer.TyperException) -> str:
    """What is wrong with a command line, and where to look it up where nothing is suggested."""
    said = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None or said.endswith("?"):
        return said
    listed = "its commands" if getattr(context.command, "commands", None) else "what it takes"
    return f"{said.rstrip('.')}; {context.command_path} --help lists {listed}"


def _give_up_output() -> None:
    """What stdout still holds has nowhere to go; Python would try once more on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(message: str, state: State, *, status: int = FAILED) -> int:
    if state.debug:
        traceback.print_exc()
    else:
        _say(message)
    return status


def _say(message: str) -> None:
    from cli.terminal import say

    for line in message.split("\n"):
        say(f"glean: {line}")


def least(statuses: Iterable[int]) -> int:
    """Of several endings the one that counts: of 3 and 5 the smaller.

    >>> least([0, 5, 3]), least([0, 0]), least([])
    (3, 0, 0)
    """
    return min((status for status in statuses if status), default=DONE)


def merged(statuses: Sequence[int]) -> int:
    """The ending of a command of several parts, each of which ended so: what failed in one part is
    done in part for the whole.

    >>> merged([0, 1]), merged([1, 1]), merged([4, 4]), merged([3, 1]), merged([0, 0])
    (5, 1, 4, 3, 0)
    """
    if len(set(statuses)) == 1:
        return statuses[0]
    return least(PARTLY if status in (FAILED, USAGE, LOCKED) else status for status in statuses)
