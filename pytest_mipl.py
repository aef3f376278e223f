"""The pytest plugin: a virtual module, its platforms and a host program as fixtures.

docs/pytest.md is its manual. Nothing of mipl-emulator is imported before a test asks for one of the
fixtures, so that other test suites notice nothing of it, not even where they have a package of
their own called `emulator`.
"""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pytest_mipl_models import OPTIONS, Comparing, Repeating, check_models

if TYPE_CHECKING:
    from emulator.explore.found import Found
    from emulator.lab.cloud import LabCloud
    from emulator.lab.host import LabHost
    from emulator.lab.lab import Lab
    from emulator.lab.modem import LabModem
    from emulator.lab.wishes import Wishes

PACKAGES = ("emulator", "lwm2m_core", "pty_bridge", "transport")

MARK = (
    "mipl(**wishes): how the module, the platforms and the host of this test are to be: model, "
    "models (repeated with each), dialect, quirks, timing, network, faults, lint, serial, imei, "
    "imsi, host, seed, time_scale, platform, timeout, memory, scenario."
)

SCENARIOS, SUFFIX = "mipl_scenarios", ".mipl.yaml"

# What may be wished for: name, metavar, help. Each is --mipl-NAME and, in the ini file, mipl_NAME.
_ONE = (
    ("model", "NAME", "which module (default: MN316)"),
    ("dialect", "manual|field", "how lines are spelt (default: the model's)"),
    ("timing", "module|fast", "with the module's pauses (default), or without"),
    ("serial", "SPEC", "where hosts connect: pty: (default), tcp:0, ..."),
    ("platform", "NAME", "to which one all leads (default: AT+MIPLCFG chooses)"),
    ("seed", "N", "decides all that chance decides (default: a new one)"),
    ("time-scale", "K", "modem and platforms live K times as fast (default: 1)"),
    ("timeout", "SECONDS", "how long a wait may take unless it says otherwise (default: 10)"),
    ("host", "COMMAND", "the host program, with {port} for its device"),
    ("lint", "off|warn|error", "watch whether the host keeps the manual's rules"),
    ("artifacts", "DIR", "where transcripts of failed tests go (default: below basetemp)"),
)
_MANY = (
    ("quirk", "NAME=VALUE", "switch one behaviour (may be given several times)"),
    ("network", "NAME=VALUE", "the network, as coverage=off (may be given several times)"),
    ("fault", "FAULT", "let something go wrong (may be given several times)"),
)
_HAVE_A_HOST = ("pytest11.testinfra", "testinfra.plugin")  # plugins with a fixture `host`
_WISHES = {"quirk": "quirks", "fault": "faults"}  # where the wish has another name


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mipl", "a virtual module (mipl-emulator)")
    for name, metavar, text in _ONE:
        names = [f"--mipl-{name}", *(["--mipl-artefacts"] if name == "artifacts" else [])]
        group.addoption(*names, dest=_dest(name), metavar=metavar, help=text)
        parser.addini(_dest(name), text, default="")
    for name, metavar, text in _MANY:
        group.addoption(
            f"--mipl-{name}", dest=_dest(name), metavar=metavar, help=text, action="append"
        )
        parser.addini(_dest(name), text, type="linelist", default=[])
    for name, metavar, text in OPTIONS:
        group.addoption(f"--mipl-{name}", dest=_dest(name), metavar=metavar, help=text)
        parser.addini(_dest(name), text, default="")
    parser.addini(
        SCENARIOS, f"play the files called *{SUFFIX} as tests", type="bool", default=False
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "pytest.Collector | None":
    """Scenarios are tests where the ini file says so."""
    if not (file_path.name.endswith(SUFFIX) and parent.config.getini(SCENARIOS)):
        return None
    _check_packages()
    from emulator.lab.collecting import ScenarioFile

    found: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Where pytest-xdist's workers run the tests, it is not they who look at the options; elsewhere
    the first test that uses a fixture does."""
    if session.config.getoption("dist", "no") != "no" and (wrong := _wrong(session.config)):
        raise pytest.UsageError(wrong)


def pytest_configure(config: pytest.Config) -> None:
    check_models(config)
    config.addinivalue_line("markers", MARK)
    config.pluginmanager.register(Repeating(), "mipl-repeating")
    if not hasattr(config, "workerinput"):  # of pytest-xdist, whose workers compare nothing
        config.pluginmanager.register(Comparing(config), "mipl-comparing")
    if not any(map(config.pluginmanager.has_plugin, _HAVE_A_HOST)):
        config.pluginmanager.register(_Host(), "mipl-host")


_FIRST = pytest.StashKey[bool]()  # whether no test of this run has used a fixture yet


# fixtures


@pytest.fixture
def mipl_lab(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    mipl_model: str | None,
) -> Iterator["Lab"]:
    """Where the module, the platforms and the hosts of one test are; ended with it."""
    if request.config.stash.setdefault(_FIRST, True) and (wrong := _wrong(request.config)):
        pytest.exit(wrong, pytest.ExitCode.USAGE_ERROR)
    request.config.stash[_FIRST] = False
    item, wishes = request.node, _wishes(request)
    from emulator.lab.lab import Lab

    lab = _or_fail(lambda: Lab(**wishes.of_lab()))
    failing = _Failing(lab, item.nodeid, _folder(request, tmp_path_factory))
    item.stash[_FAILING] = failing
    item.user_properties.append(("mipl_seed", lab.seed))
    if not request.config.pluginmanager.has_plugin("mipl-reporter"):
        request.config.pluginmanager.register(_Reporter(), "mipl-reporter")
    with lab:
        yield lab
        if not failing.failed:
            _or_fail(lab.end_scenarios)  # hosts play in them, so they end afterwards
        lab.end_hosts()
        if not failing.failed:
            _or_fail(lab.check)


@pytest.fixture
def make_modem(request: pytest.FixtureRequest, mipl_lab: "Lab") -> Callable[..., "LabModem"]:
    """Switches on one more module: `make_modem(model="M5311", quirks={…})`; what is not said is as
    options and marks have it."""
    wishes = _wishes(request)

    def make(**wanted: Any) -> "LabModem":
        __tracebackhide__ = True
        return mipl_lab.modem(**wishes.and_also(wanted, "make_modem").of_modem())

    return make


@pytest.fixture
def modem(
    request: pytest.FixtureRequest, mipl_lab: "Lab", make_modem: Callable[..., "LabModem"]
) -> "LabModem":
    """A module, switched on, as options and marks have it; with the scenario of a mark."""
    made: LabModem = _or_fail(make_modem)
    if file := _wishes(request).scenario:
        _or_fail(lambda: mipl_lab.scenario(file, made, is_set_up=True))
    return made


@pytest.fixture
def cloud(mipl_lab: "Lab") -> "LabCloud":
    """The platforms."""
    return mipl_lab.cloud


@pytest.fixture
def make_host(request: pytest.FixtureRequest, mipl_lab: "Lab") -> Callable[..., "LabHost"]:
    """A host for one more module: `make_host(modem)`; `start` starts its program, in pytest's
    rootdir unless it is told otherwise."""
    command = _wishes(request).host
    return lambda modem: mipl_lab.host(modem, command, request.config.rootpath)


@pytest.fixture
def mipl_host(make_host: Callable[..., "LabHost"], modem: "LabModem") -> "LabHost":
    """The host of the fixture `modem`; `start` starts its program."""
    return make_host(modem)


@pytest.fixture
def mipl_explore(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., "Found"]:
    """Lets unsolicited lines collide with every command of a host program:
    `mipl_explore("./host", "{port}", ask=["read /3200/0/5750"])` fails where one breaks it."""
    wishes = _wishes(request)

    def explore(*command: str, **wanted: Any) -> "Found":
        __tracebackhide__ = True
        from emulator.explore.in_tests import explored

        kept, home = _folder(request, tmp_path_factory), request.config.rootpath
        found: Found = _or_fail(lambda: explored(command, wishes, home, kept, wanted))
        return found

    return explore


class _Host:
    @pytest.fixture
    def host(self, mipl_host: "LabHost") -> "LabHost":
        """The host of the fixture `modem`; `start` starts its program."""
        return mipl_host


# what is wished for


def _dest(name: str) -> str:
    return f"mipl_{name.replace('-', '_')}"


def _options(config: pytest.Config) -> dict[str, Any]:
    """What the options say of wishes, by the names of these."""
    names = [name for name, *_ in (*_ONE, *_MANY) if name != "artifacts"]
    return {_WISHES.get(name, name.replace("-", "_")): _option(config, name) for name in names}


def _option(config: pytest.Config, name: str) -> Any:
    """The command line goes before the ini file."""
    value = config.getoption(_dest(name), None)
    return config.getini(_dest(name)) if value is None else value


def _wishes(request: pytest.FixtureRequest) -> "Wishes":
    _check_packages()
    from emulator.lab.wishes import wishes_of

    options = _options(request.config)
    marks = [_named(mark) for mark in request.node.iter_markers("mipl")]
    for mark in marks:
        mark.pop("models", None)
        if "scenario" in mark:  # its folder is that of the test
            mark["scenario"] = str(request.path.parent / mark["scenario"])
    if (model := request.getfixturevalue("mipl_model")) is not None:
        marks.insert(0, {"model": model})
    wishes: Wishes = _or_fail(lambda: wishes_of(options, reversed(marks)))
    return wishes


def _wrong(config: pytest.Config) -> str:
    """What cannot be of the options, and is told once for a whole run; packages that are hidden or
    incomplete are told by each test that needs them."""
    options = _options(config)
    if hasattr(config, "workerinput") or not any(options.values()):
        return ""
    try:
        _check_packages()
    except pytest.fail.Exception:
        return ""
    from emulator.lab.errors import for_people
    from emulator.lab.wishes import try_options

    try:
        try_options(options)
    except Exception as error:
        if not for_people(error):
            raise
        return f"mipl-emulator: {error}"
    return ""


def _named(mark: pytest.Mark) -> dict[str, Any]:
    if mark.args:
        alone = repr(mark.args[0])
        _fail(f"a mark mipl says what is what, as mipl(model='M5311'), and not {alone} alone")
    return dict(mark.kwargs)


def _or_fail(make: Callable[[], Any]) -> Any:
    """What `make` returns; what it raises for people is told to them without a traceback."""
    from emulator.lab.errors import for_people

    try:
        return make()
    except Exception as error:
        if not for_people(error):
            raise
        text = str(error)
    _fail(text)


def _fail(text: str) -> NoReturn:
    pytest.fail(f"mipl-emulator: {text}", pytrace=False)


# whether it can work here


def _check_packages() -> None:
    """Fails the test if our packages are hidden by others of the same name, or incomplete."""
    if sys.platform == "win32":
        _fail("its devices are pseudo-terminals, which Windows has not; run the tests in WSL 2")
    home = Path(__file__).resolve().parent
    for name in PACKAGES:
        place = _place(name)
        if place is not None and place != home / name:
            _fail(
                f"the package `{name}` at {place} hides the one of mipl-emulator at {home / name};"
                " rename yours, or keep its folder out of sys.path: start `pytest` instead of"
                " `python -m pytest`, or put your packages below src/"
            )
    try:
        import emulator.lab.lab  # noqa: F401
    except ImportError as error:
        _fail(f"it cannot be imported: {error}; install it again: pip install mipl-emulator")


def _place(name: str) -> Path | None:
    """The folder of a package, or the file of a module; None if there is none."""
    loaded = sys.modules.get(name)
    spec = None if loaded is not None else importlib.util.find_spec(name)
    origin = getattr(loaded, "__file__", None) if spec is None else spec.origin
    if origin is not None:
        path = Path(origin).resolve()
        return path.parent if path.name == "__init__.py" else path
    search = getattr(loaded, "__path__", None) if spec is None else spec.submodule_search_locations
    return next((Path(each).resolve() for each in search or ()), None)


# what a failed test tells


class _Failing:
    """The lab of one test, and what is told of it if that fails."""

    def __init__(self, lab: "Lab", test: str, folder: Path) -> None:
        self.failed = False
        self._lab, self._test, self._folder = lab, test, folder

    def tell(self, report: pytest.TestReport) -> None:
        from emulator.lab.artefacts import report_of, write_artefacts

        self.failed = True
        try:
            paths = write_artefacts(self._lab, self._folder, self._test)
            kept = "kept: " + " ".join(map(str, paths))
        except Exception as error:  # the report of a failure must not fail
            kept = f"nothing could be kept in {self._folder}: {error}"
        if report.when != "teardown" or report.failed:
            report.sections.append(("mipl-emulator", report_of(self._lab, kept)))


_FAILING = pytest.StashKey[_Failing]()


class _Reporter:
    """Registered when a test first uses a fixture: others pay nothing for it."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        report = yield
        failing = item.stash.get(_FAILING, None)
        if failing is not None and (report.failed or failing.failed):
            failing.tell(report)
        if failing is not None and report.when == "teardown":
            del item.stash[_FAILING]
        return report


def _folder(request: pytest.FixtureRequest, factory: pytest.TempPathFactory) -> Path:
    from emulator.lab.artefacts import folder_of

    chosen = _option(request.config, "artifacts")
    above = request.config.invocation_params.dir / chosen if chosen else factory.getbasetemp()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "") if chosen else ""
    name = folder_of(request.node.nodeid, worker)
    return above / name if chosen else above / "mipl" / name
