"""A stable name for a pseudo-terminal: a symbolic link that never overwrites what is not ours.

Ours is a link whose device is gone, or is the very device that we are about to name: the kernel
gives out the lowest free number, so that after a crash a new device often has the old one's path.
"""

import os
import re

from pty_bridge.port import PortError

_PSEUDO_TERMINAL = re.compile(r"/dev/(pts/\d+|ttys\d+)")  # Linux, macOS


def place(path: str, device: str) -> None:
    """Make `path` a link to `device`; PortError if something else is there, or it cannot be."""
    try:
        _place(path, device)
    except FileExistsError:
        raise PortError(f"'{path}' has just been made by another program", "try again") from None
    except FileNotFoundError:
        folder = os.path.dirname(path)
        raise PortError(
            f"'{path}' cannot be made, because '{folder}' does not exist",
            f"create it (mkdir -p '{folder}') or choose another path",
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PortError(f"'{path}' cannot be made: {reason}", "choose another path") from None


def remove(path: str, device: str) -> None:
    """Remove the link if it still leads to `device`; whatever else is there stays."""
    try:
        if os.readlink(path) == device:
            os.unlink(path)
    except OSError:
        return  # gone, replaced or out of reach: not ours any more


def _place(path: str, device: str) -> None:
    if not os.path.lexists(path):
        os.symlink(device, path)  # fails if somebody was faster
        return
    _refuse_what_is_not_ours(path, device)
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.{os.path.basename(device)}")
    os.symlink(device, temporary)
    os.replace(temporary, path)


def _refuse_what_is_not_ours(path: str, device: str) -> None:
    if not os.path.islink(path):
        kind = "folder" if os.path.isdir(path) else "file"
        raise PortError(f"'{path}' exists and is a {kind}", "choose another path or move it away")
    target = os.readlink(path)
    if not _PSEUDO_TERMINAL.fullmatch(target):
        raise PortError(
            f"'{path}' is a link to '{target}', which is no pseudo-terminal",
            "choose another path or move the link away",
        )
    if target != device and os.path.exists(target):
        raise PortError(
            f"'{path}' leads to '{target}', which is in use",
            "stop the other emulator, or remove the link if the device is another program's",
        )
