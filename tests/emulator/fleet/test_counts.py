"""What is counted, how long things took, what has arrived, and how that is shown."""

import io
import json
import re
import xml.etree.ElementTree as ET
from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from emulator.fleet.arrivals import LEAP_LIMIT, Arrivals, number_of
from emulator.fleet.books import Books, Witness
from emulator.fleet.histogram import CLASSES, class_of, edge, quantile
from emulator.fleet.ledger import Count, Ledger, Timing, cells_needed
from emulator.fleet.limits import shortages
from emulator.fleet.plan import PSK_FIELDS, Digits, Fleet, Group, Reporting, Shard
from emulator.fleet.plot import plot
from emulator.fleet.progress import Progress, told
from emulator.fleet.samples import SAMPLES_LIMIT, Sample, Samples, rate
from emulator.fleet.summary import Result, document, exit_code, failures, lines
from emulator.fleet.templates import parse_template
from lwm2m_core.paths import Path as ResourcePath

GROUP = Group("meters", 3, (Digits(869975030000461),), Digits(1), report=Reporting(ResourcePath(1)))


def ledger(members: int = 3, workers: int = 2) -> Ledger:
    return Ledger(array("q", bytes(8 * cells_needed(members, workers))), members, workers)


# Times in classes.


@pytest.mark.parametrize("seconds", [0.00002, 0.0014, 0.02, 0.7, 1.0, 59.9, 900.0])
def test_a_time_is_kept_to_an_eighth(seconds: float) -> None:
    kept = edge(class_of(seconds))
    assert seconds <= kept * (1 + 1e-9)
    assert kept < seconds * 1.13


def test_times_beyond_the_classes_are_in_the_first_and_last() -> None:
    assert class_of(0.0) == 0
    assert class_of(1e9) == CLASSES - 1


def test_quantiles_are_those_of_what_was_counted() -> None:
    counts = [0] * CLASSES
    for seconds, number in ((0.01, 98), (1.0, 1), (10.0, 1)):
        counts[class_of(seconds)] += number
    assert quantile(counts, 0.5) == pytest.approx(0.01)
    assert quantile(counts, 0.99) == pytest.approx(1.0)
    assert quantile(counts, 1.0) == pytest.approx(10.0)
    assert quantile([0] * CLASSES, 0.5) is None


# The ledger.


def test_each_count_and_each_modem_has_a_place_of_its_own() -> None:
    book = ledger()
    for member in range(3):
        for count in Count:
            book.add(member, count, 100 * member + count)
    for worker in range(2):
        for timing in Timing:
            book.took(worker, timing, 1.0)
    assert [book.of(2, count) for count in Count] == [200 + count for count in Count]
    assert book.total(Count.SENT) == 300 + 3 * Count.SENT
    assert [sum(book.times(timing)) for timing in Timing] == [2, 2, 2, 2]


def test_how_many_modems_have_one_at_least() -> None:
    book = ledger()
    book.add(0, Count.LOGINS, 5)
    book.add(2, Count.LOGINS)
    assert book.how_many(Count.LOGINS) == 2
    book.put(0, Count.LOGINS, 0)
    assert (book.how_many(Count.LOGINS), book.total(Count.LOGINS)) == (1, 1)


# What has arrived.


@pytest.mark.parametrize(
    ("raw", "number"), [(b"17 20.5", 17), (b"17", None), (b"x 1", None), (b"", None)]
)
def test_a_report_begins_with_its_number(raw: bytes, number: int | None) -> None:
    assert number_of(raw) == number


def test_what_has_not_come_is_known_by_its_number() -> None:
    arrivals = Arrivals()
    assert [arrivals.take(n) for n in (1, 2, 5, 4, 4, 1)] == [True, True, True, True, False, False]
    assert arrivals.lacking(7) == {3, 6, 7}
    assert arrivals.twice == 2


def test_a_number_that_makes_no_sense_is_kept_apart() -> None:
    arrivals = Arrivals()
    assert not arrivals.take(LEAP_LIMIT + 1)
    assert (arrivals.strange, arrivals.top) == (1, 0)
    assert arrivals.lacking(2) == {1, 2}


# The summary.


def result(
    book: Ledger | None = None,
    books: Books | None = None,
    witness: Witness = "platform",
    deaths: tuple[str, ...] = (),
    troubles: dict[str, int] | None = None,
) -> Result:
    if book is None:
        book = ledger()
        for member in range(3):
            book.add(member, Count.LOGINS)
    fleet = Fleet((GROUP,), title="a <town>")
    books = books or Books(sent=9, received=9)
    samples = tuple(Sample(float(n), 3, 3, n, n, 0, 0, 0, 0.02, None) for n in range(1, 6))
    return Result(
        *(fleet, Shard(), 7, (3,), 2, 61.0, witness, book, (books,)),
        samples=samples,
        deaths=deaths,
        troubles=troubles or {},
    )


def test_a_run_without_fault_is_told_in_two_lines() -> None:
    assert list(lines(result())) == [
        "3 modems, 3 logged in, 61 s, 2 processes, seed 7",
        "9 sent = 9 received + 0 known lost: the books balance, by the count of the local platform",
    ]
    assert exit_code(result()) == 0


def test_what_is_unknown_is_no_fault_and_is_told() -> None:
    unknown = result(books=Books(sent=9, received=5, unknown=4), witness="none")
    assert list(lines(unknown))[1] == (
        "9 sent = 5 received + 0 known lost + 4 unknown (nobody confirms or counts them): the "
        "books balance, by the count of confirmations"
    )
    assert exit_code(unknown) == 0


def test_books_that_do_not_balance_are_a_fault() -> None:
    wrong = result(books=Books(sent=9, received=6, lost=1, unaccounted=2, surplus=1))
    assert list(failures(wrong)) == [
        (1, "2 reports have not arrived, and nobody knows why"),
        (1, "1 report has arrived that was never sent"),
        (1, "1 report is known to be lost"),
    ]
    assert list(lines(wrong))[1] == (
        "9 sent = 6 received + 1 known lost + 2 unaccounted for: the books do not balance, by the "
        "count of the local platform"
    )
    assert exit_code(wrong) == 1


def test_a_server_that_tells_nothing_may_have_got_what_it_has_not_confirmed() -> None:
    wrong = result(books=Books(sent=9, received=6, lost=3))
    assert list(failures(replace(wrong, witness="none"))) == [
        (1, "3 reports count as lost: nobody has confirmed them")
    ]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (Count.LATE, "2 reports were late: sent, but more than 1 s after their time, - at most"),
        (Count.SLOW, "2 reports were slow: confirmed, but more than 30 s after they were sent"),
        (Count.MISSED, "2 reports were due while their modem was not logged in"),
        (Count.REFUSED, "2 reports were refused by their module"),
        (Count.ERRORS, "2 commands or coroutines went wrong"),
    ],
)
def test_what_went_wrong_is_a_fault(count: Count, text: str) -> None:
    book = ledger()
    for member in range(3):
        book.add(member, Count.LOGINS)
    book.add(1, count, 2)
    assert list(failures(result(book))) == [(1, text)]


def test_modems_that_never_logged_in_are_a_fault() -> None:
    assert list(failures(result(ledger()))) == [(1, "3 modems have never logged in")]


def test_of_a_run_that_was_stopped_what_was_begun_is_judged() -> None:
    """GROUP has 3 modems at 50 a second and then lasts 600 s: 600.06 s. The second was switched on
    and did not log in, the third had not been switched on."""
    book = ledger()
    for member, count in ((0, Count.BEGUN), (0, Count.LOGINS), (1, Count.BEGUN)):
        book.add(member, count)
    stopped = replace(result(book), stopped=7.2)
    assert list(failures(stopped)) == [(1, "1 modem has never logged in")]
    assert list(lines(stopped))[2] == (
        "stopped after 7 of 600 s: 2 of 3 modems had been switched on"
    )
    found = document(stopped)
    assert (found["stopped"], found["stopped_after"], found["exit_code"]) == (True, 7.2, 1)
    assert found["modems"]["begun"] == 2
    book.add(1, Count.LOGINS)
    assert exit_code(stopped) == 0


def test_a_death_outweighs_all_else() -> None:
    dead = result(ledger(), deaths=("worker 1 has died (signal 9)",))
    assert exit_code(dead) == 3
    assert "failed: worker 1 has died (signal 9)" in lines(dead)


def test_the_document_has_the_books() -> None:
    found = json.loads(json.dumps(document(result(troubles={"x": 3}))))
    assert found["books"] == {
        "sent": 9,
        "received": 9,
        "lost": 0,
        "unknown": 0,
        "unaccounted": 0,
        "surplus": 0,
        "balanced": True,
        "counted_by": "the local platform",
    }
    assert found["groups"][0]["name"] == "meters" and found["groups"][0]["modems"] == 3
    assert found["times"]["login"] == {
        "count": 0,
        "p50": None,
        "p90": None,
        "p99": None,
        "most": None,
    }
    assert (found["shard"], found["troubles"], found["exit_code"]) == ("1/1", {"x": 3}, 0)


def test_the_plot_is_svg_with_a_curve_for_each_count() -> None:
    root = ET.fromstring(plot(result()))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "a <town>: 3 modems, 3 logged in, 61 s, 2 processes, seed 7"
    for name in ("switched on", "logged in", "sent", "arrived", "median", "99 %"):
        assert name in texts
    assert not [text for text in texts if text and text.startswith("failed")]


def test_the_plot_says_what_went_wrong_and_how_often() -> None:
    wrong = replace(result(), samples=(sample(1.0, 3),), deaths=tuple("abcdefg"))
    root = ET.fromstring(plot(wrong))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[2:8] == [*(f"failed: {each}" for each in "abcde"), "and 2 more"]
    assert [text for text in texts if text and ": " in text][-3:] == [
        "lost: 1",
        "late: 0",
        "errors: 0",
    ]


def test_a_point_with_gaps_around_it_is_seen() -> None:
    """A path that only moves draws nothing (SVG 1.1, 8.3.2)."""
    alone = replace(result(), samples=(sample(1.0, 3),))
    paths = [
        each.get("d", "")
        for each in ET.fromstring(plot(alone)).iter("{http://www.w3.org/2000/svg}path")
    ]
    assert any("h0.5" in path for path in paths)


# How it goes on.


def test_samples_thin_out_and_keep_the_whole_time() -> None:
    book = ledger()
    samples = Samples(book, Count.RECEIVED)
    for second in range(3 * SAMPLES_LIMIT):
        book.add(0, Count.SENT, 2)
        samples.take(float(second))
    assert len(samples.kept) <= SAMPLES_LIMIT
    assert samples.kept[0].at == 0.0 and samples.kept[-1].at > 3 * SAMPLES_LIMIT - 5
    assert rate(samples.kept, "sent")[-5:] == pytest.approx([2.0] * 5)


def test_of_two_samples_that_are_close_the_later_one_is_kept() -> None:
    samples = Samples(ledger(), Count.RECEIVED)
    for at in (1.0, 2.0, 2.01, 3.0):
        samples.take(at)
    assert [each.at for each in samples.kept] == [1.0, 2.01, 3.0]


def test_a_sample_has_the_times_since_the_one_before() -> None:
    book = ledger()
    samples = Samples(book, Count.ACKED)
    book.took(0, Timing.CONFIRM, 0.01)
    assert samples.take(1.0).confirm_p50 == pytest.approx(0.01)
    book.took(1, Timing.CONFIRM, 1.0)
    assert samples.take(2.0).confirm_p50 == pytest.approx(1.0)
    assert samples.take(3.0).confirm_p50 is None


def sample(at: float, sent: int) -> Sample:
    return Sample(at, 3, 2, sent, sent - 1, 1, 0, 0, 0.0224, 1.5)


def test_a_line_tells_time_rate_totals_and_times() -> None:
    assert told(sample(62.0, 30), sample(60.0, 20), 3) == (
        "01:02 2/3 logged in, 5.0 sent/s, 30 sent, 29 arrived, 1 lost, event 26 22.4 ms (99 %: "
        "1.5 s)"
    )
    well = Sample(1.0, 3, 3, 6, 6, 0, 0, 0)
    assert told(well, None, 3) == "00:01 3/3 logged in, 6.0 sent/s, 6 sent, 6 arrived"
    wrong = Sample(1.0, 3, 3, 6, 6, 1, 2, 3)
    assert told(wrong, None, 3).endswith("6 arrived, 1 lost, 2 late, 3 errors")


def test_without_a_terminal_there_is_a_line_now_and_then() -> None:
    said: list[str] = []
    progress = Progress(io.StringIO(), 3, said.append)
    for second in range(21):
        progress.show(sample(float(second), 10 * second))
    progress.end()
    assert [line[:5] for line in said] == ["00:00", "00:10", "00:20"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_is_rewritten() -> None:
    terminal, said = Terminal(), list[str]()
    progress = Progress(terminal, 3, said.append)
    progress.show(sample(1.0, 10))
    progress.show(sample(2.0, 20))
    progress.interrupt("worker 1 has died")
    written = terminal.getvalue()
    assert written.count("\r\x1b[K") == 3 and "\n" not in written
    # 80 columns: a line that goes on in the next one could not be written anew
    # and a value that is cut is another value
    assert written.split("\r\x1b[K")[2] == (
        "00:02 2/3 logged in, 10.0 sent/s, 20 sent, 19 arrived, 1 lost, event 26 22.4 ms"
    )
    assert said == ["worker 1 has died"]


# What the machine has to give.


def machine(root: Path, ptys: str = "4096", used: str = "6", memory: int = 1 << 24) -> Path:
    for name, text in (
        ("sys/kernel/pty/max", ptys),
        ("sys/kernel/pty/nr", used),
        ("sys/net/ipv4/ip_local_port_range", "32768\t60999"),
        ("meminfo", f"MemTotal: 99 kB\nMemAvailable: {memory} kB\n"),
    ):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return root


def test_a_machine_that_has_enough_lacks_nothing(tmp_path: Path) -> None:
    assert list(shortages(Fleet((GROUP,)), 500, 2, machine(tmp_path))) == []


def test_pseudo_terminals_run_out(tmp_path: Path) -> None:
    fleet = Fleet((GROUP,), serial="pty")
    assert list(shortages(fleet, 11, 1, machine(tmp_path, ptys="16"))) == [
        "11 pseudo-terminals are more than the 10 that are free; raise kernel.pty.max, or take "
        "serial: memory"
    ]


def test_ports_descriptors_and_memory_run_out(tmp_path: Path) -> None:
    found = list(shortages(Fleet((GROUP,)), 10_000_000, 1, machine(tmp_path)))
    assert [re.sub("[0-9]+", "N", text.partition(" are ")[0]) for text in found] == [
        "N modems in a process take N descriptors, and N",
        "N links",
        "N modems take about N MiB of memory, and N MiB",
    ]


def test_a_kernel_that_does_not_tell_is_trusted(tmp_path: Path) -> None:
    assert list(shortages(Fleet((GROUP,), serial="pty"), 100, 2, tmp_path)) == []


def test_dtls_takes_memory_of_its_own(tmp_path: Path) -> None:
    """2 processes of 48 MiB, 100 modems of 128 KiB, 100 sessions of 192 KiB: 127.25 MiB."""
    secure = replace(GROUP, modems=100, psk=parse_template("{imei}", PSK_FIELDS))
    fleet = Fleet((secure,))
    assert list(shortages(fleet, 100, 1, machine(tmp_path, memory=130304))) == []
    assert list(shortages(fleet, 100, 1, machine(tmp_path, memory=130303))) == [
        "100 modems take about 128 MiB of memory, and 127 MiB are free; take fewer, or --shard and "
        "several machines"
    ]
