"""Answers of the control channel as text for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.quirks import written


def state_text(state: Mapping[str, Any]) -> str:
    """The state as lines of a name and what there is to say."""
    return "\n".join(f"{name:<11}{text}" for name, text in _rows(state))


def _rows(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    power = "on" if state["on"] else "off"
    yield "modem", f"{state['model']} ({state['revision']}), IMEI {state['imei']}, {power}"
    yield "devices", " ".join(state["devices"])
    yield "dialect", state["dialect"]
    if "seed" in state:
        yield "seed", str(state["seed"])
    yield "time", _time(state)
    yield "login", _login(state)
    for link in state["links"]:
        yield "link", _link(link)
    nmi = state["nmi"]
    yield "NMI", f"mode {nmi['mode']}, {nmi['waiting']} waiting, {nmi['dropped']} dropped"
    network = state["network"]
    around = " ".join(f"{n}={value}" for n, value in network["conditions"].items() if value)
    now = filter(None, (f"stat {network['stat']}", network["radio"], network["address"]))
    yield "network", f"{around}; {', '.join(now)}"
    quirks = " ".join(f"{name}={value}" for name, value in state["quirks"].items())
    yield "quirks", quirks or "as the dialect has them"
    journal = state["journal"]
    yield "journal", f"{journal['records']} records, {journal['kept']} kept"


def _time(state: Mapping[str, Any]) -> str:
    scale = f", {state['time_scale']:g} times as fast" if "time_scale" in state else ", in jumps"
    return f"{state['time']:.3f} s{scale}"


def _login(state: Mapping[str, Any]) -> str:
    login = state["login"]
    words = [login["phase"].replace("_", " ")]
    if "server" in login:
        words.append(f"at {login['server']} ({login['platform']})")
    if "registered_at" in login:
        words.append(f"for {state['time'] - login['registered_at']:.0f} s")
    return " ".join(words)


def _link(link: Mapping[str, Any]) -> str:
    at = f", at {link['at']}" if link["at"] else ""
    security = f", {link['security']}" if link["security"] else ""
    return f"{link['number']} {link['state']} to {link['to']}{at}{security}"


def quirk_line(row: Mapping[str, Any]) -> str:
    """A quirk as it is set, and when that shows."""
    value = tuple(row["value"]) if isinstance(row["value"], list) else row["value"]
    return f"{row['name']}={written(value)} ({row['effect']})"
