"""Where two dialogues differ. The lines are those of manual 3.6, 3.9, 3.11 and chapter 6."""

import random
from collections.abc import Callable

import pytest

from emulator.differences.comparing import KINDS, LINES_LIMIT, MILD, compared
from emulator.differences.dialogue import Said

Dialogue = Callable[..., tuple[Said, ...]]

LOGIN = ("> AT+MIPLOPEN=0,3000,30", "< OK", "< +MIPLEVENT: 0,6")


def _seen(first: tuple[Said, ...], second: tuple[Said, ...]) -> list[tuple[str, int, int]]:
    return [(d.kind, d.line, d.other_line) for d in compared(first, second).differences]


def test_the_same_dialogue_at_other_times_and_with_other_mids_is_the_same(
    dialogue: Dialogue,
) -> None:
    first = dialogue(*LOGIN, "< +MIPLREAD: 0,1,3,0,-1", "> AT+MIPLREADRSP=0,1,11", "< OK")
    second = dialogue(
        *LOGIN, "< +MIPLREAD: 0,65535,3,0,-1", "> AT+MIPLREADRSP=0,65535,11", "< OK", step=9
    )
    found = compared(first, second)
    assert found.is_same and found.first is None and not found.differences
    assert found.pairs == tuple((n, n) for n in range(6))


def test_the_answer_to_another_message_id_is_a_difference(dialogue: Dialogue) -> None:
    asked = ("< +MIPLREAD: 0,1,3,0,-1", "< +MIPLREAD: 0,2,3,0,-1")
    first = dialogue(*asked, "> AT+MIPLREADRSP=0,1,11")
    assert _seen(first, dialogue(*asked, "> AT+MIPLREADRSP=0,2,11")) == [("host", 3, 3)]


def test_another_result_of_a_command(dialogue: Dialogue) -> None:
    first, second = dialogue(*LOGIN), dialogue(LOGIN[0], "< +CIS ERROR: 601", LOGIN[2])
    found = compared(first, second).first
    assert found is not None and not compared(first, second).is_same
    assert (found.kind, found.first, found.second) == ("result", first[1], second[1])


def test_a_line_that_is_lacking_and_one_in_addition(dialogue: Dialogue) -> None:
    more = dialogue(*LOGIN[:2], "< +MIPLEVENT: 0,1", LOGIN[2])
    assert _seen(dialogue(*LOGIN), more) == [("extra", 3, 3)]
    assert _seen(more, dialogue(*LOGIN)) == [("missing", 3, 3)]


def test_a_host_that_goes_another_way_behind_an_error(dialogue: Dialogue) -> None:
    first = dialogue("> AT+A", "< OK", "> AT+B", "< OK")
    second = dialogue("> AT+A", "< ERROR", "> AT+C", "> AT+D", "< OK")
    kinds = [kind for kind, *_ in _seen(first, second)]
    assert kinds == ["result", "host", "extra"]


def test_blanks_are_spelling_and_come_behind_what_weighs_more(dialogue: Dialogue) -> None:
    first = dialogue("< +MIPLEVENT: 0,1", "> AT+X", "< OK")
    second = dialogue("< +MIPLEVENT:0,1", "> AT+X", "< ERROR")
    found = compared(first, second)
    assert [each.kind for each in found.differences] == ["spelling", "result"]
    assert found.first is not None and found.first.kind == "result"
    only = compared(first[:2], second[:2])
    assert only.is_same and only.first is not None and only.first.kind == "spelling"


def test_a_line_that_comes_later_has_moved(dialogue: Dialogue) -> None:
    first = dialogue("> AT+X", "< +MIPLEVENT: 0,11", "< OK", "< +MIPLOBSERVE: 0,7,1,3200,0,-1")
    second = dialogue("> AT+X", "< OK", "< +MIPLOBSERVE: 0,9,1,3200,0,-1", "< +MIPLEVENT: 0,11")
    found = compared(first, second)
    assert [(each.kind, each.line, each.other_line) for each in found.differences] == [
        ("order", 2, 4)
    ]
    assert found.is_same


def test_what_mild_kinds_are_called_is_known() -> None:
    assert set(KINDS) > MILD


def test_nothing_said_at_all(dialogue: Dialogue) -> None:
    assert compared((), ()).is_same
    assert _seen((), dialogue("> AT")) == [("extra", 1, 1)]
    assert _seen(dialogue("> AT"), ()) == [("missing", 1, 1)]


def test_lines_beyond_the_limit_are_counted(dialogue: Dialogue) -> None:
    long = dialogue("> AT", "< OK") * (LINES_LIMIT // 2)
    assert compared(long + long[:3], long).cut == 3
    assert compared(long, long).cut == 0


@pytest.mark.parametrize("seed", range(30))
def test_every_line_of_both_is_told_of_once(dialogue: Dialogue, seed: int) -> None:
    """Pairs and differences together account for each line, whatever was said."""
    rng = random.Random(seed)
    words = ["> AT", "> AT+A", "< OK", "< ERROR", "< +MIPLEVENT: 0,6", "< +MIPLEVENT:0,6"]
    first, second = (dialogue(*rng.choices(words, k=rng.randrange(12))) for _ in range(2))
    found = compared(first, second)
    ours = [i for i, _ in found.pairs]
    theirs = [j for _, j in found.pairs]
    for each in found.differences:
        if each.kind == "spelling":
            continue
        ours += [each.line - 1] if each.first is not None else []
        theirs += [each.other_line - 1] if each.second is not None else []
    assert sorted(ours) == list(range(len(first)))
    assert sorted(theirs) == list(range(len(second)))
