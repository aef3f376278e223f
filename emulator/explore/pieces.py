"""Placements of what comes in pieces: the answer, lines of the module's own, and lines of which one
piece comes with an answer and the other does not."""

from collections.abc import Iterator, Sequence
from typing import Final

from emulator.explore.ground import Ground
from emulator.explore.lines import KINDS, Printed
from emulator.explore.placement import PAUSE_S, SLOW_S, SLOWER_S, Placement
from emulator.explore.sheet import Exchange, Own, answer_of

FRAME: Final = len("\r\n")
ASKED_AGAIN_S: Final = 0.7
"""Within which hosts that ask whether anybody is there have asked again: the answers come one
behind the other then, and those that are over answer no other command (chosen)."""

OWN_STEP: Final = 6  # of the cuts of a line of the module's own each so-manieth is tried (chosen)


def pieces(ground: Ground) -> Iterator[Placement]:
    """All of them."""
    yield from _answers(ground)
    yield from _own(ground)
    yield from _behind_own(ground)
    yield from _tails(ground)
    yield from _halves(ground)
    yield from _apart(ground)


def marks(text: str) -> tuple[int, ...]:
    """After how many bytes a framed line is cut where readers go wrong: between CR and LF, behind
    its line end, in its name, behind the colon, in its fields, before CR and between CR and LF."""
    whole, colon = len(text) + 2 * FRAME, FRAME + max(text.find(":"), 1)
    places = (1, 2, 3, colon // 2 + 1, colon + 1, (colon + whole) // 2, whole - 2, whole - 1)
    return tuple(sorted({at for at in places if 0 < at < whole}))


def _answer_marks(reply: bytes) -> tuple[int, ...]:
    r"""Likewise of an answer: inside `\r\nOK\r\n`, and between the data and that."""
    size, final = len(reply), reply.rstrip().rfind(b"\r\n")
    places = (1, 3, final // 2, final, final + 2, final + 3, size - 2, size - 1)
    return tuple(sorted({at for at in places if 0 < at < size}))


def _pauses(exchange: Exchange) -> Sequence[float]:
    """How long an answer may stay away: a host that asks whether anybody is there asks again."""
    return (SLOW_S, SLOWER_S) if exchange.text.strip().upper() != "AT" else (SLOW_S, ASKED_AGAIN_S)


def _answers(ground: Ground) -> Iterator[Placement]:
    """Each cut at once, and one at each command with a longer pause."""
    if "cut-answer" not in ground.positions:
        return
    for pause in (PAUSE_S, SLOW_S, ASKED_AGAIN_S, SLOWER_S):
        rows = []
        for each in ground.sheet.exchanges:
            cuts = range(1, len(each.reply)) if ground.every else _answer_marks(each.reply)
            if pause in (PAUSE_S, *_pauses(each)):
                rows.append([ground.place(each, "cut-answer", (), at, pause) for at in cuts])
        if pause == PAUSE_S:
            yield from (each for row in rows for each in row)
        else:
            yield from ground.turns(_fewer(ground, rows, pause), offset=3)


def _own(ground: Ground) -> Iterator[Placement]:
    """The module's own lines: some of the cuts of each, with one pause or another."""
    if "cut-own" not in ground.positions:
        return
    for number, own in enumerate(ground.sheet.own):
        exchange = ground.sheet.exchanges[max(own.replies - 1, 0)]
        lines = (Printed(own.kind, own.text),)
        made = [
            Placement(exchange, "cut-own", lines, own.name, nth, at, pause=pause)
            for pause in (PAUSE_S, SLOW_S, SLOWER_S)
            for at in marks(own.text)
            for nth in (own.nth(at + 1 - 2 * FRAME),)
        ]
        chosen = range(number % 3, len(made), OWN_STEP)
        yield from made if ground.every else (made[place] for place in chosen)


def _behind_own(ground: Ground) -> Iterator[Placement]:
    """Half lines behind the module's own requests."""
    if "half-own" in ground.positions:
        for own in ground.sheet.own:
            yield from _behind(ground, own)


def _behind(ground: Ground, own: Own) -> Iterator[Placement]:
    """Half lines behind a request that the host has answered."""
    answers = (each for each in ground.sheet.exchanges if own.mid == answer_of(each.text))
    exchange = next(answers, None)
    if own.mid is None or exchange is None:
        return
    for kind in ground.requests:
        if exchange in ground.possible(kind):
            lines = ground.lines((kind,))
            for at in marks(lines[0].text):
                yield Placement(exchange, "half-own", lines, own.name, own.nth(), at)


def _tails(ground: Ground) -> Iterator[Placement]:
    """Each cut of each line at one command, in its turn; with the longest pause few."""
    for position, pause in (
        ("tail-before", SLOW_S),
        ("tail-after", SLOW_S),
        ("tail-before", SLOWER_S),
        ("tail-after", SLOWER_S),
    ):
        if position not in ground.positions:
            continue
        for turn, kind in enumerate(ground.kinds):
            exchanges = [e for e in ground.possible(kind) if pause in _pauses(e)]
            cuts = marks(ground.print(kind).text)
            cuts = cuts if ground.every or pause == SLOW_S else (cuts[(5 - turn) % len(cuts)],)
            made = [
                [ground.place(e, position, (kind,), at, pause) for e in exchanges] for at in cuts
            ]
            yield from ground.turns(made, turn)


def _halves(ground: Ground) -> Iterator[Placement]:
    """A request and half of another, which goes on with the answer to what the host writes then."""
    if "half-after" not in ground.positions:
        return
    for turn, kind in enumerate(ground.requests):
        made = [
            [ground.place(each, "half-after", (kind, kind), at) for each in ground.possible(kind)]
            for at in marks(ground.print(kind).text)
        ]
        yield from ground.turns(made, turn)


def _apart(ground: Ground) -> Iterator[Placement]:
    """Whole lines with a longer pause, at each command one of them, a request if it may be one."""
    for turn, position in enumerate(("apart-before", "apart-after")):
        if position not in ground.positions:
            continue
        for pause in (SLOW_S, SLOWER_S):
            rows = []
            for each in ground.sheet.exchanges:
                kinds = ground.kinds_at(each)
                kinds = [kind for kind in kinds if KINDS[kind].answer] or kinds
                if pause in _pauses(each):
                    rows.append([ground.place(each, position, (k,), 0, pause) for k in kinds])
            yield from ground.turns(_fewer(ground, rows, pause), turn)


def _fewer(ground: Ground, rows: list[list[Placement]], pause: float) -> list[list[Placement]]:
    """With the longest pause only every second one."""
    return rows[1::2] if pause == SLOWER_S and not ground.every else rows
