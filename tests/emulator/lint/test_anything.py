"""Whatever host and module say, the lint does not fail, and keeps within its limits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.journal import KINDS, Kind, Record
from emulator.lint.facts import facts_of
from emulator.lint.lint import Lint
from emulator.lint.session import TABLE_LIMIT
from emulator.modem_settings import ModemSettings, build_firmware
from tests.emulator.lint.cases import CASES
from tests.emulator.lint.talk import Talk, steps

_FIRMWARE = build_firmware(ModemSettings("MN318"))
_FACTS = facts_of(_FIRMWARE.profile, _FIRMWARE.quirks)
_STEPS = [step for case in CASES for step in steps(f"{case.before}\n{case.breaks}\n{case.keeps}")]

STEPS = st.lists(st.sampled_from(_STEPS), max_size=40)
RECORDS = st.lists(
    st.builds(
        Record,
        number=st.integers(0, 9),
        cause=st.integers(0, 9),
        time=st.floats(0, 1e6),
        kind=st.sampled_from(list[Kind](KINDS)),
        data=st.one_of(
            st.binary(max_size=40),
            st.sampled_from([step.partition(" ")[2].encode() + b"\r\n" for step in _STEPS]),
        ),
        text=st.sampled_from(["on", "off", "by command", "AT"]),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_lines_in_any_order(dialogue: list[str]) -> None:
    talk = Talk("MN318")
    talk.play("\n".join(dialogue))
    talk.lint.finish(talk.now)
    assert talk.lint.counts.total() == len(talk.found)


@given(RECORDS)
@settings(max_examples=150, deadline=None)
def test_records_of_any_kind(records: list[Record]) -> None:
    lint = Lint(lambda: _FACTS)
    for record in records:
        lint(record)
    lint.finish(2e6)
    assert [finding.number for finding in lint.findings] == list(range(1, len(lint.findings) + 1))


def test_tables_that_hosts_and_platforms_fill_have_a_limit() -> None:
    talk = Talk()
    talk.play("& login")
    login = talk.lint._session.login
    for number in range(TABLE_LIMIT + 5):
        talk.play(f"< +MIPLOBSERVE: 0,{number},1,3200,{number},-1")
        talk.play(f'< +MIPLPARAMETER: 0,1,3200,{number},1,6,"pmin=1"')
        talk.play(f'> AT+MIPLNOTIFY=0,0,3200,0,{number},1,1,"a",0,0,{number},3\n< OK')
        talk.play(f"< +MIPLREAD: 0,{number},3200,0,1")
    for table in (login.observed, login.strategies, login.ackids, login.contents):
        assert len(table) == TABLE_LIMIT
    assert len(talk.lint._answers._requests) == TABLE_LIMIT
