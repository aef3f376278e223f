"""What npm installs for the tests is pinned, wherever it is fetched from."""

import json
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent / "node" / "package-lock.json"


def _packages() -> dict[str, Any]:
    packages: dict[str, Any] = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    return {name: package for name, package in packages.items() if name}


def test_every_package_has_a_version_a_checksum_and_no_host_to_be_fetched_from() -> None:
    assert all({"version", "integrity"} <= package.keys() for package in _packages().values())
    assert not any("resolved" in package for package in _packages().values())


def test_the_servers_are_those_that_were_measured_servers_section_1() -> None:
    """All install only with another coap than the one they ask for."""
    versions = {name: package["version"] for name, package in _packages().items()}
    assert versions["node_modules/lwm2m-node-lib"] == "1.4.0"
    assert versions["node_modules/coap-shepherd"] == "0.2.11"
    assert versions["node_modules/coap-node"] == "0.2.5"
    assert versions["node_modules/coap"] == "0.25.0"
    assert sum(name.endswith("/coap") for name in versions) == 1
