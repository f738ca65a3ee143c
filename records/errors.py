"""The tree of errors."""

from typing import ClassVar


class GleaningsError(Exception):
    """Anything the user is told in one line: what is wrong, where, and what to do next."""

    status: ClassVar[int] = 1
    """Exit status of a command that ends with it."""


class UsageError(GleaningsError):
    """An option, id, profile or address that does not exist or cannot be used."""

    status = 2


class ConfigError(UsageError):
    """A key of ``glean.toml`` that is wrong; names file and key."""


class DecisionRefused(UsageError):
    """A decision contradicts ones in effect, which it names; nothing was changed."""


class InputError(GleaningsError):
    """An input that cannot be read."""


class StoreError(GleaningsError):
    """A store that cannot be opened or used."""


class StoreUnreachable(StoreError):
    """The store's server does not answer, or broke off; what was under way may have been done."""


class PageRefused(StoreError):
    """A page says something that no database takes; nothing of it was stored."""


class IndexUnusable(StoreError):
    """A derived index is missing, torn, or of another making; ``glean refresh`` makes it again."""


class IndexMissing(IndexUnusable):
    """A derived index was not made yet, or taken away; ``glean refresh`` makes it."""


class SchemeMismatch(StoreError):
    """The store was made with another scheme: rebuild it, do not compare."""


class LockHeld(GleaningsError):
    """Another run holds the lock."""

    status = 4


class LateAcknowledgement(GleaningsError):
    """A lease was acknowledged after it had passed to another; nothing was stored."""


class ReaderFailed(GleaningsError):
    """The reader process died or ran over its limits on a page; the page goes to quarantine."""


class AddressRefused(GleaningsError):
    """An address the guard does not let anyone connect to."""

    status = 2
