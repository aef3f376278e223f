"""Words of the command line that are no verb and no option, told with the nearest that there is."""

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

ALIKE: Final = 0.7  # of 1; the dashes of an option make all options somewhat alike (chosen)
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def parse(
    top: argparse.ArgumentParser,
    verbs: Mapping[str, argparse.ArgumentParser],
    words: Sequence[str],
) -> argparse.Namespace:
    """As `top` does it; what is wrong is told in one line, and the exit code is 2."""
    verb = words[0] if words else "-"
    if not verb.startswith("-") and verb not in verbs:
        near = _nearest(verb, verbs) or f"; there are {', '.join(verbs)}"
        told = f"invalid choice: '{verb}'{near}"
        top.exit(2, f"mipl: {told}\n")
    options, left = top.parse_known_args(words)
    if left:
        known = dict.fromkeys(_OPTION.findall(verbs[options.verb].format_help()))
        near = _nearest(left[0].partition("=")[0], known) if left[0].startswith("--") else ""
        told = f"unrecognized arguments: {' '.join(left)}{near or f'; see mipl {verb} --help'}"
        top.exit(2, f"mipl {options.verb}: {told}\n")
    return options


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, 1, ALIKE)
    return f"; did you mean {near[0]}?" if near else ""
