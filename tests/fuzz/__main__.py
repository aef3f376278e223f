"""`python -m tests.fuzz TARGET [DIR…] [-option=…]`: libFuzzer, by Atheris, on one of the targets.

Seeds, and inputs that cover more than those before, are kept in build/fuzz/TARGET; what breaks
something is written beside it. DIR are further corpora. Options are libFuzzer's, as in
`python -m tests.fuzz tlv -max_total_time=120`. Ctrl-C ends it.
"""

import hashlib
import sys
from pathlib import Path

NEEDS_ATHERIS = """mipl: this needs Atheris: MIPL_EXTRAS=fuzz ./mipl setup
It has wheels for CPython 3.11 to 3.14 on Linux x86-64 alone, and is left out elsewhere.
`./mipl test tests/fuzz` runs the same targets for a few seconds without it."""
KEPT = Path("build/fuzz")
LONGEST = 4096  # bytes of an input, unless -max_len= says otherwise (chosen)


def main(arguments: list[str]) -> int:
    try:
        import atheris
    except ImportError:
        print(NEEDS_ATHERIS, file=sys.stderr)
        return 3
    with atheris.instrument_imports(include=["emulator", "lwm2m_core"]):
        from tests.fuzz.targets import TARGETS
    if not arguments or arguments[0] not in TARGETS:
        print(f"{__doc__}\nTARGET: {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    name, *options = arguments
    corpus = _corpus(name, TARGETS[name].seeds)
    defaults = [f"-artifact_prefix={KEPT / name}-", f"-max_len={LONGEST}", str(corpus)]
    run = TARGETS[name].run

    def one_input(data: bytes) -> None:
        run(data)

    atheris.Setup([sys.argv[0], *defaults, *options], one_input)
    atheris.Fuzz()  # ends the process
    return 0


def _corpus(name: str, seeds: tuple[bytes, ...]) -> Path:
    """The folder that the corpus lies in; each input is named as libFuzzer names them."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (folder / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
