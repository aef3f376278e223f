"""The matrix has all that the product has, and nothing else."""

from collections import defaultdict

from emulator.at.table import Command, Form
from emulator.commands import command_table
from emulator.profile import profile_names
from tests.emulator.matrix.faults import COMMANDS
from tests.emulator.matrix.tables import EXTENDED, MODELS, ROWS, STATES, Row, command_of, entries

PRODUCT = command_table().commands
KNOWN = [row for row in ROWS if not row.unknown and row.at != "AT"]
FORMS = ("=", "?", "=?", "")


def test_every_model_is_there() -> None:
    assert {model.name for model in MODELS} == set(profile_names())


def test_every_command_is_there_in_all_forms() -> None:
    """Also in those it lacks (manual 2.1: set, read, test, execute)."""
    extended = {command.name for command in PRODUCT if command.name.startswith(EXTENDED)}
    wanted = {(name, form) for name in extended for form in FORMS}
    rows = {command_of(row.at) for row in KNOWN}
    assert {pair for pair in rows if pair[0].startswith(EXTENDED)} == wanted


def test_every_form_of_the_product_is_answered_and_no_other() -> None:
    """A form that is malformed in every row is one that the product has not."""
    wanted = {(command.name, command.form.value) for command in PRODUCT}
    answered = {command_of(row.at) for row in KNOWN if _is_answered(row)}
    derived = {pair for pair in answered | wanted if pair[1] == "=?"}
    assert answered - derived == wanted - derived


def test_the_unknown_are_unknown() -> None:
    names = {command_of(row.at)[0] for row in ROWS if row.unknown}
    assert names.isdisjoint(command.name for command in PRODUCT)


def test_every_set_command_is_described_parameter_by_parameter() -> None:
    described = defaultdict(list)
    for typed in COMMANDS:
        required = sum(not parameter.get("optional") for parameter in typed.parameters)
        described[typed.at.removeprefix("AT")].append((required, len(typed.parameters)))
    declared = defaultdict(list)
    for command in filter(_is_extended_set, PRODUCT):
        declared[command.name].append((command.signature.fewest, command.signature.most))
    assert {name: sorted(counts) for name, counts in described.items()} == {
        name: sorted(counts) for name, counts in declared.items()
    }


def test_every_basic_command_with_a_number_is_described() -> None:
    basic = {entry["at"].removeprefix("AT") for entry in entries("parameters", "basic")}
    executed = (command for command in PRODUCT if command.form is Form.EXECUTE)
    assert basic == {command.name for command in executed if command.signature.most}


def _is_extended_set(command: Command) -> bool:
    return command.form is Form.SET and command.name.startswith(EXTENDED)


def _is_answered(row: Row) -> bool:
    """Whether there is a model and a state in which the line is well formed."""
    answers = {row.answer(model, state) for model in MODELS for state in STATES}
    return not answers <= {"-", "ERROR", "+CIS ERROR: 601"}
