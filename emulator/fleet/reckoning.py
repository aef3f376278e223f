"""The books of each group, from what modems, workers and platforms have written down."""

from collections.abc import Container, Mapping, Sequence

from emulator.fleet.arrivals import Arrivals
from emulator.fleet.books import Account, Books, Witness, total
from emulator.fleet.ledger import Count, Ledger
from emulator.fleet.plan import Fleet, Member


def books_of(
    fleet: Fleet,
    members: Sequence[Member],
    ledger: Ledger,
    given_up: Mapping[int, frozenset[int]],
    arrivals: Mapping[int, Arrivals] | None,
    witness: Witness = "platform",
    widowed: Container[int] = (),
) -> tuple[Books, ...]:
    """`given_up`, `arrivals`: by place; None where no platform has told what it has counted.
    `widowed`: places whose worker has died, so that only counts are left."""
    accounts: list[list[Account]] = [[] for _ in fleet.groups]
    for place, member in enumerate(members):
        known = None if place in widowed else given_up.get(place, frozenset())
        account = _account(fleet, place, member, ledger, known, arrivals)
        accounts[member.group].append(account)
    return tuple(total(each, witness) for each in accounts)


def _account(
    fleet: Fleet,
    place: int,
    member: Member,
    ledger: Ledger,
    given_up: frozenset[int] | None,
    arrivals: Mapping[int, Arrivals] | None,
) -> Account:
    report = fleet.groups[member.group].report
    sent = ledger.of(place, Count.SENT)
    lacking = None
    if report is not None and report.numbered and arrivals is not None:
        lacking = arrivals.get(place, Arrivals()).lacking(sent)
    return Account(
        confirm=report is not None and report.confirm,
        sent=sent,
        acked=ledger.of(place, Count.ACKED),
        lost=ledger.of(place, Count.LOST),
        received=ledger.of(place, Count.RECEIVED),
        given_up=given_up,
        lacking=lacking,
    )
