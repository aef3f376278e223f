"""`mipl firmware MODEL VERSION FILE`: make a package that the virtual module installs."""

import argparse
import sys
from pathlib import Path

SIZE = 4096  # bytes of a package unless asked otherwise: some blocks, and still quick (chosen)


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    firmware = verbs.add_parser("firmware", help="make a firmware package for 5/0, to a file")
    add = firmware.add_argument
    add("model", metavar="MODEL", help="which module it is for; another one fails to install it")
    add("version", metavar="VERSION", help="what 3/0/3 and ATI say once it is installed")
    add("file", metavar="FILE", type=Path, help="where to write it")
    add("--size", type=int, default=SIZE, metavar="BYTES", help="its size (default: %(default)s)")
    add(
        "--memory",
        type=int,
        default=0,
        metavar="BYTES",
        help="RAM that unpacking it takes (default: %(default)s)",
    )


def make(options: argparse.Namespace) -> int:
    """Write the package; UsageError for what cannot be packed."""
    from emulator.cli import DONE, UsageError
    from emulator.fota.package import Package, pack
    from emulator.profile import ProfileError, load_profile

    try:
        model = load_profile(options.model).name
        packed = pack(Package(model, options.version, options.memory), options.size)
    except (ProfileError, ValueError) as error:
        raise UsageError(str(error)) from error
    options.file.write_bytes(packed)
    print(
        f"mipl: {options.file}: {len(packed)} bytes, version {options.version} for {model}",
        file=sys.stderr,
    )
    return DONE
