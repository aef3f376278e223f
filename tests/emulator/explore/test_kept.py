"""The scenario of a collision fails with the bug, and passes with the host as it is."""

import json
import re
from pathlib import Path

import pytest

from emulator.explore.proof import proved
from emulator.explore.trial import Plan
from emulator.scenario.document import Pause
from emulator.scenario.files import to_run
from tests.emulator.explore.conftest import Build, Explore

QUEUES = """        if (handler_of(at, line, &fields) != NULL)
            enqueue(at, line);
"""
FINAL = """        if (at_final(line, &result, &at->error))
            return result;
"""
LINES = "    const char *line, *fields;\n"
NAMES = '    {"+MIPLEVENT", on_event},\n'
EVENT = "/* +MIPLEVENT: <ref>,<evtid>[,<ackid>] */\n"
EXECUTED = "    answered(host, &host->executed);\n"
PRINTS = '    snprintf(text, sizeof text, "AT+MIPLREADRSP'

WRITES_IT_AGAIN = (
    (LINES, f"{LINES}    bool other = false;\n"),
    (QUEUES, QUEUES + '        other = other || strncmp(line, "+CEREG", 6) == 0;\n'),
    (
        FINAL,
        """        if (at_final(line, &result, &at->error)) {
            if (!other || strstr(command, "NOTIFY") == NULL)
                return result;
            other = false;
            port_write(at->port, command, strlen(command));
            port_write(at->port, "\\r\\n", 2);
        }
""",
    ),
)
WRITES_BEFORE_THE_RESULT = (
    (QUEUES, QUEUES.replace("enqueue(at, line);", "{\n enqueue(at, line);\n return AT_OK;\n }")),
)
CRASHES = (
    (
        QUEUES,
        QUEUES + '        if (strncmp(line, "+MIPLEVENT: 0,33", 16) == 0)\n            abort();\n',
    ),
)
SPOILS_THE_VALUE = (
    (
        EVENT,
        "static void on_cereg(void *context, const char *fields)\n{\n"
        f'    snprintf(((struct host *)context)->value, 5, "%s", fields);\n}}\n\n{EVENT}',
    ),
    (NAMES, NAMES + '    {"+CEREG", on_cereg},\n'),
)
COUNTS_BY_ITSELF = (
    (
        PRINTS,
        f"    if (mid >= 64000)\n        mid += 1;\n{PRINTS}",
    ),  # the placed ones are from 64000 on
)


@pytest.mark.parametrize(
    ("changes", "file", "urc", "why", "failure"),
    [
        (
            WRITES_IT_AGAIN,
            "at.c",
            "cereg",
            r'wrote AT\+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147 2 times instead of 1',
            r"dialogue\[0\]: once at most from here on",
        ),
        (
            WRITES_BEFORE_THE_RESULT,
            "at.c",
            "write",
            "had its final result",
            r"dialogue\[0\]: never where it stands",
        ),
        (
            CRASHES,
            "at.c",
            "event",
            "the host crashed: signal 6",
            "expected the host to write",
        ),
        (
            SPOILS_THE_VALUE,
            "host.c",
            "cereg",
            r'the host wrote AT\+MIPLNOTIFY=0,0,3200,0,5750,1,1,"1",0,0,147 instead of '
            r'AT\+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147',
            r"dialogue\[0\]: never from here on",
        ),
        (
            COUNTS_BY_ITSELF,
            "host.c",
            "read",
            "the host answers what nobody has asked: AT.MIPLREADRSP=0,64001,",
            "never|expected the host to write",
        ),
    ],
)
def test_its_scenario_fails_with_the_bug_and_passes_without(
    build: Build,
    explore: Explore,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    changes: tuple[tuple[str, str], ...],
    file: str,
    urc: str,
    why: str,
    failure: str,
) -> None:
    """V.250 5.6: no command before the one before it has its result; manual 3.9, 3.10, 3.20."""
    assert explore(build(*changes, file=file), "--urc", urc, "--no-harsh", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert re.search(why, found["least"]["why"])
    assert re.search(failure, found["scenario_failure"])
    kept = tmp_path / "collision.yaml"
    scenario = to_run(kept)
    pauses = sum(each.seconds for each in scenario.dialogue if isinstance(each, Pause))
    right = Plan((str(build()), "{port}"), scenario, 1)
    gone = proved(kept, right, scenario.limit, pauses)
    assert (gone.failure, gone.code) == ("", 0)
