"""How many files this process may have open."""

import resource
from contextlib import suppress


def allow_many_files() -> int:
    """Raise the soft limit to the hard one; the limit then. Two descriptors for a pty and one for
    each link: the usual soft limit is enough for 340 modems."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # macOS promises more than it allows
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
