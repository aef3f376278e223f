"""Known dialogues under the lint: the manual's (tests/transcripts) and those of real drivers
(tests/hosts). What they break is listed here with the reason, and nothing else is told."""

from pathlib import Path

import pytest

from emulator.lint.facts import facts_of
from emulator.lint.lint import Lint
from emulator.lint.rules import LintSettings
from emulator.modem import Modem, ModemSettings
from tests.hosts.test_drivers import DRIVERS
from tests.hosts.world import Platform, in_memory
from tests.server import Server
from tests.transcripts.player import play
from tests.transcripts.stages import OnDesk
from tests.transcripts.test_manual import FILES, FIRST

# The manual's dialogues with what we have added to them to show what is refused. What the manual
# itself prints is told only where a decision calls it a misprint.
TOLD = {
    "2.1-syntax": {"malformed"},  # MIPLDELETE? has no read form
    "3.1-create": {"created-twice"},
    "3.11-mid": {"unknown-mid"},
    "3.11-release-refused": {"release-flag"},
    "3.13-results": {"unknown-mid", "malformed"},
    "3.15-results": {"unknown-mid"},
    "3.17-parameterrsp": {"malformed"},
    "3.18-observe": {"before-observe"},  # of an instance whose observation is cancelled
    "3.19-observersp": {"unknown-command", "malformed"},  # WRITEOBSERVERSP: decisions 9
    "3.2-delete-registered": {"delete-registered", "object-not-added"},
    "3.20-event-31": {"wrong-login-state"},
    "3.3-addobj": {"object-added-twice", "malformed"},
    "3.4-delobj": {"object-not-added"},
    "3.5-discoverrsp": {"curly-quotes"},  # as printed; decisions 9: 2.1
    "3.6-open-refused": {"wrong-login-state"},
    "3.6-open": {"wrong-login-state"},  # OPEN while registered
    "3.6-query-other-platform": {"onenet-only"},
    "3.7-update": {"small-lifetime"},  # 9 s
    "3.8-close": {"object-added-twice", "resources-not-renewed", "discoverrsp-after-login"},
    "3.9-ackid": {"ackid-not-sent"},
    "3.9-content-type-option-only": {
        *("content-type-changed", "content-type-in-parts", "ackid-not-sent"),
    },
    "3.9-content-type": {
        *("content-type-changed", "content-type-in-parts", "ackid-not-sent"),
        *("flag-order", "malformed"),
    },
    "3.9-quotes": {"unquoted-value", "length"},
    "3.9-release-as-0": {"release-flag"},
    "3.9-release-refused": {"release-flag"},
    "3.9-types": {"hex-digits", "malformed"},
    "4.1-cfg": {"late-setting"},
    "4.1-dmp-refused": {"not-of-this-model"},
    "4.10-nsmi-m5311": {"malformed"},  # mid 0, 4.2 note 6
    "4.10-others": {"held-lost"},
    "4.2-nmi": {"malformed"},
    "4.2-nsmi-refused": {"not-of-this-model"},
    "4.5-below-60": {"updateset-short-lifetime", "lifetime-expired"},
    "4.5-updateset-unknown": {"not-of-this-model"},
    "4.5-updateset": {"malformed", "late-setting"},
    "4.6-createex": {"curly-quotes"},  # as printed; decisions 9: 2.1
    "4.6-second": {"created-twice", "wrong-ref"},
    "4.8-dtlsnat": {"malformed"},
    "4.9-lltrdp-in-time": {"lifetime-expired"},
    "4.9-lltrdp-unknown": {"not-of-this-model"},
    "5.1-onenet-as-printed": {"malformed"},  # AT+MIPLWRITERSP=,0,…: decisions 9
    "5.1-onenet": {"malformed"},  # the same line, beside the right one
    "6-codes": {
        *("created-twice", "wrong-login-state", "malformed", "late-setting"),
        *("too-many-unacknowledged", "over-1000"),
    },
    "field-m5310-a": {"object-added-twice", "unknown-mid", "delete-registered"},
    "field-m5311": {"unquoted-string"},
    "field-mn316": {"unknown-mid"},
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_manuals_dialogues(file: Path) -> None:
    transcript = FILES[file]
    model = FIRST if FIRST in transcript.models else transcript.models[0]
    wanted = {"strict": True, "seed": 1, **transcript.settings}
    on = OnDesk(ModemSettings(model, **wanted), Server(**transcript.server))
    firmware = on.firmware
    lint = Lint(lambda: facts_of(firmware.profile, firmware.quirks))
    firmware.journal.sinks.append(lint)
    play(transcript, on)
    lint.finish(on.now)
    assert set(lint.counts) == TOLD.get(file.stem, set())


# Drivers of others, all of which work with real modules (HF 4).
BROKEN_BY = {
    "D10": {"object-added-twice"},  # adds 3200 twice
    "D12": {"delete-registered"},
    "D14": {"wrong-result", "malformed", "unanswered"},  # results 1 and 0
    "D15": {"nul-bytes"},  # a C array of 128 bytes
    "D16": {"blanks"},  # AT+MIPLCREATE =
    "D17": {"blanks"},  # a trailing one
    "D21": {"unquoted-string", "discoverrsp-after-login", "repeated-ackid"},
}


@pytest.mark.asyncio(loop_factories=["virtual"])
@pytest.mark.parametrize("name", DRIVERS)
async def test_real_drivers(name: str, caplog: pytest.LogCaptureFixture) -> None:
    driver, modems = DRIVERS[name], list[Modem]()
    platform = Platform(Server(), driver.after_login)
    async with in_memory(
        platform, driver.framing, model=driver.model, lint=LintSettings(), made=modems.append
    ) as host:
        await host.run(driver.steps)
        await host.pause(5)
    assert {finding.rule.name for finding in modems[0].findings} == BROKEN_BY.get(name, set())
