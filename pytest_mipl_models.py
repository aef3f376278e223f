"""The pytest plugin's part for several models: each test repeated with each, and one comparison.

As in pytest_mipl.py nothing of mipl-emulator is imported before a test wants one of its fixtures.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.differences.table import Outcome, Table
    from emulator.lab.lab import Lab

OPTIONS = (
    ("models", "A,B", "repeat each test with each of these models, and compare with the first"),
    ("report", "FILE", "where that comparison goes: JSON if FILE ends in .json, else Markdown"),
)


def wanted_models(config: pytest.Config) -> str:
    """What the option or the ini file says."""
    return str(config.getoption("mipl_models", None) or config.getini("mipl_models"))


def models_of(wanted: "str | list[str]") -> list[str]:
    """Their names as they are written. CollectError, with the nearest name, for one that is none:
    a mark's is told with its module, those of the options are looked at before (check_models)."""
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    if not names:
        return []
    try:
        from emulator.profile import ProfileError, load_profile
    except ImportError:  # each test says so
        return names
    try:
        return list(dict.fromkeys(load_profile(name.strip()).name for name in names))
    except ProfileError as error:
        raise pytest.Collector.CollectError(f"mipl-emulator: models: {error}") from error


def check_models(config: pytest.Config) -> None:
    """UsageError for models of the options that there are not, before a test is collected."""
    try:
        models_of(wanted_models(config) or [])
    except pytest.Collector.CollectError as error:
        raise pytest.UsageError(str(error)) from error


class Repeating:
    """A test that has a module is repeated with each model that its mark or else the options name,
    unless its mark names one that it is for."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "mipl_model" not in metafunc.fixturenames:
            return
        marks = [mark.kwargs for mark in metafunc.definition.iter_markers("mipl")]
        own = next((mark for mark in marks if mark.keys() & {"model", "models"}), None)
        wanted = wanted_models(metafunc.config) if own is None else own.get("models")
        if wanted:
            metafunc.parametrize("mipl_model", models_of(wanted), indirect=True)

    @pytest.fixture
    def mipl_model(self, request: pytest.FixtureRequest) -> str | None:
        """The model of this test, where it is repeated with several."""
        model: str | None = getattr(request, "param", None)
        return model

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        report: pytest.TestReport = yield
        if "mipl_model" in getattr(getattr(item, "callspec", None), "params", ()):
            _note(item, report)
        return report


_FAULT = pytest.StashKey[tuple["Outcome", str]]()


def _note(item: pytest.Item, report: pytest.TestReport) -> None:
    """The last of a test's reports takes all that came of it along, to the process that compares.

    A test that failed or was skipped is told by the first of its phases that did so."""
    if report.outcome != "passed":
        item.stash.setdefault(_FAULT, (report.outcome, _reason(report)))
    lab: Lab | None = getattr(item, "funcargs", {}).get("mipl_lab")
    if report.when == "teardown":
        outcome, reason = item.stash.get(_FAULT, ("passed", ""))
        report.mipl_trial = _packed(item, outcome, reason, lab)  # type: ignore[attr-defined]


def _packed(
    item: Any, outcome: "Outcome", reason: str, lab: "Lab | None"
) -> "dict[str, Any] | None":
    try:
        from emulator.differences.in_lab import dialogue_in
        from emulator.differences.suite import common_name, packed
        from emulator.differences.table import Trial
    except ImportError:  # each test says so
        return None
    model = item.callspec.params["mipl_model"]
    name = common_name(item.nodeid, item.callspec.id, model)
    return packed(Trial(name, model, outcome, reason, () if lab is None else dialogue_in(lab)))


def _reason(report: pytest.TestReport) -> str:
    """In one line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        text = crash.message
    elif isinstance(report.longrepr, tuple):  # of a skip: file, line, reason
        text = report.longrepr[2]
    else:
        text = str(report.longrepr)
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


class Comparing:
    """In the process that reports: collects the trials, shows them, and writes the report."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._trials: list[dict[str, Any]] = []
        self._written = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if trial := getattr(report, "mipl_trial", None):
            self._trials.append(trial)

    def pytest_sessionfinish(self) -> None:
        chosen = self._config.getoption("mipl_report", None) or self._config.getini("mipl_report")
        if not chosen or not self._trials:
            return
        from emulator.differences.showing import as_json, as_markdown

        path = self._config.invocation_params.dir / str(chosen)
        as_text = as_json if path.suffix == ".json" else as_markdown
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(as_text(self._table()), encoding="utf-8")
            self._written = f"written: {path}"
        except OSError as error:
            self._written = f"could not be written: {error}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._trials:
            if self._config.getoption("mipl_report", None):
                terminalreporter.write_line(
                    "mipl-emulator: no report is written: no test was repeated with several models"
                    " (--mipl-models)"
                )
            return
        from emulator.differences.showing import as_lines

        table = self._table()
        first, *others = table.models
        with_them = f"{len(table.models)} models, compared with {first}" if others else first
        terminalreporter.section(with_them)
        for line in [*as_lines(table), *([self._written] if self._written else [])]:
            terminalreporter.write_line(line)

    def _table(self) -> "Table":
        from emulator.differences.suite import unpacked
        from emulator.differences.table import table

        return table(map(unpacked, self._trials))
