"""What of a disturbed life is not as it was undisturbed, although the host itself is content."""

from collections import Counter
from collections.abc import Iterator, Mapping

from emulator.explore.account import (
    REQUEST,
    Answer,
    fields_of,
    is_answer,
    is_poll,
    mid_of,
    name_of_line,
    unnumbered,
)
from emulator.explore.alike import early, misordered, misread, stalled, unequal
from emulator.explore.lived import CHANGING, Lived, Odd, Sign
from emulator.explore.saying import shortened
from emulator.explore.sheet import Sheet
from emulator.explore.usual import Usual, pattern_of, request_of
from emulator.explore.values import reported, written
from emulator.secrecy import redact

REPORTS = "AT+MIPLNOTIFY"


def unlike(lived: Lived, sheet: Sheet, usual: Usual) -> Odd | None:
    """The first thing that is not as it was, in words, and how it shows."""
    looks = (_misanswered, _lost, _rescued, _repeated, _hasty, early, unequal, misread, misordered)
    for look in (*looks, _missing, _reported, _garbled, stalled):
        for odd in look(lived, sheet, usual):
            return odd
    return None


def _lost(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    for line in lived.placed.lines:
        if line.mid is not None and line.mid not in lived.answered:
            later = _later(lived, line.mid)
            beside = (
                f", although it answers {shortened(redact(later))}, which came later"
                if later
                else ""
            )
            yield f"the host lost a line: it never answers {shortened(line.text)}{beside}", Sign()


def _later(lived: Lived, mid: int) -> str:
    """The first request that came behind this one, and was answered; empty if there is none."""
    asked = [each.text for each in lived.account.module if mid_of(each.text) is not None]
    places = [n for n, text in enumerate(asked) if mid_of(text) == mid]
    behind = asked[places[-1] + 1 :] if places else []
    return next((text for text in behind if mid_of(text) in lived.answered), "")


def _rescued(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A request is printed again if the platform has sent it again, as long as it is unanswered."""
    if usual.repeats or lived.placed.held:  # a host that waits for long cannot answer sooner
        return
    mids = usual.mids | lived.mids
    placed = Counter(line.text for line in lived.placed.lines)
    likes = Counter(request_of(text, mids) for text in placed.elements())
    for text, times in lived.account.asked.items():
        if times > max(placed[text], 1):
            like = request_of(text, mids)
            most = (usual.asked or Counter())[like] + likes[like]
            why = f"the host lost a line: it answers {text} only when the platform asks again"
            said = [each for each in lived.account.module if each.text == text][-1]
            yield why, Sign("module", like, max(most, 1), said=said)


def _misanswered(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    kinds = {**lived.account.mids}
    kinds |= {line.mid: line.kind.upper() for line in lived.placed.lines if line.mid is not None}
    prints = _prints(lived)
    seen: Counter[int] = Counter()
    for answer in lived.account.answers:
        seen[answer.mid] += 1
        text = redact(answer.said.text)
        kind = kinds.get(answer.mid)
        if kind is None:
            if usual.mids:
                yield f"the host answers what nobody has asked: {text}", _never(answer)
        elif kind != answer.kind:
            yield f"the host answers +MIPL{kind} with {text}", _never(answer)
        elif seen[answer.mid] > max(prints[answer.mid], 1):
            why = f"the host answers {_request(lived, answer)} {seen[answer.mid]} times: {text}"
            head = answer.said.text.partition("=")[0]
            pattern = f"{head}={{*}},{answer.mid},{{*}}"
            yield why, Sign("host", pattern, seen[answer.mid] - 1, said=answer.said)


def _prints(lived: Lived) -> Counter[int]:
    """How often a request with this message id was printed."""
    found: Counter[int] = Counter()
    for text, times in lived.account.asked.items():
        if asked := REQUEST.match(text):
            found[int(asked[2])] += times
    return found


def _request(lived: Lived, answer: Answer) -> str:
    """The line that asked for it, and when the module printed it."""
    asked = [e for e in lived.account.module if mid_of(e.text) == answer.mid]
    before = [e for e in asked if e.at <= answer.said.at]
    shown = [f"{redact(each.text)} of {each.at:.3f} s" for each in before or asked]
    return shown[-1] if shown else "a request"  # it may share its line with another


def _never(answer: Answer) -> Sign:
    return Sign("host", pattern_of(answer.said.text, ()), 0, said=answer.said)


def _repeated(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    named, usually = _by_name(lived.sent), _by_name(sheet.sent)
    for text, times in lived.sent.items():
        often = sheet.sent.get(text, 0)
        name = name_of_line(text)
        if lived.changes and named[name] <= usually[name]:
            continue  # with other parameters now
        sign = Sign("host", pattern_of(text, ()), max(often, 1), said=lived.account.last(text))
        if times > often > 0 and not is_poll(text):
            yield f"the host wrote {redact(text)} {times} times instead of {often}", sign
        elif times > 1 and often == 0:
            yield f"the host wrote {redact(text)} {times} times", sign


def _by_name(sent: Mapping[str, int]) -> Counter[str]:
    """How often each command was written."""
    found: Counter[str] = Counter()
    for text, times in sent.items():
        found[name_of_line(text)] += times
    return found


def _hasty(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    if lived.hasty is not None and sheet.hasty is None:
        first, second = map(redact, lived.hasty)
        sign = Sign(hasty=lived.hasty, said=lived.account.last(lived.hasty[1]))
        yield f"the host wrote {second} before {first} had its final result", sign


def _missing(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """What it wrote each time before, and did not now, nor anything like it."""
    if not lived.is_over or not lived.account.said:
        return
    mids = usual.mids | lived.mids
    own = [each for each in lived.account.host if not is_answer(each.text)]
    texts = {pattern_of(each.text, mids) for each in own}
    names = {name_of_line(each.text) for each in own}
    loose = lived.changes
    known = {pattern_of(command.said, mids) for command in usual.commands}
    for command in usual.commands:
        text, said = pattern_of(command.said, mids), redact(command.said)
        if command.name not in names:
            yield f"the host never wrote {said}", Sign()
        elif text not in texts and command.name not in usual.varying and not loose:
            others = [e for e in own if name_of_line(e.text) == command.name]
            new = next((e for e in others if pattern_of(e.text, mids) not in known), None)
            if new is not None and _is_written(lived, usual, new.text):
                continue  # it comes on the other side of a WRITE
            if new is not None:
                sign = Sign("host", pattern_of(new.text, ()), 0, said=new)
                yield f"the host wrote {redact(new.text)} instead of {said}", sign
            else:
                yield f"the host never wrote {said}", Sign()


def _is_written(lived: Lived, usual: Usual, text: str) -> bool:
    """Whether it is a report of a value that a platform has written, or that the host reports or
    answers with undisturbed, in a life in which a platform writes."""
    value = reported(text)
    writes = [each for each in map(written, lived.account.asked) if each is not None]
    if value is None or not writes:
        return False
    said = {reported(command.said) for command in usual.commands}
    is_known = value in usual.fields and not value.isdecimal()
    return is_known or value in said or value in {each for _, each in writes}


def _reported(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    for path, times in sheet.reports.items():
        if (came := lived.reports.get(path, 0)) < times:
            yield f"{path} was reported {came} times instead of {times}", Sign(report=(path, times))


def _garbled(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """An answer or a report with a text in it that neither host nor module have ever written
    undisturbed. Behind a WRITE or an EXECUTE a host may say something else: that is known if it has
    been seen where nothing collided."""
    if not usual.fields or not all(
        unnumbered(line.text) in usual.calm.results
        for line in lived.placed.lines
        if line.kind in CHANGING and line.mid is not None
    ):
        return
    known = usual.fields | usual.calm.fields
    known |= {f for line in lived.placed.lines for f in fields_of(line.text)}
    reports = [e for e in lived.account.host if name_of_line(e.text) == REPORTS]
    for said in (*(answer.said for answer in lived.account.answers), *reports):
        if name_of_line(said.text) in usual.varying:
            continue
        what = "reports" if said in reports else "answers with"
        for each in fields_of(said.text):
            if each not in known and not each.replace(".", "", 1).removeprefix("-").isdecimal():
                why = f"the host {what} {each!r}, which nobody has written: {redact(said.text)}"
                yield why, Sign("host", pattern_of(said.text, ()), 0, said=said)
