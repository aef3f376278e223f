"""OneNET's HTTP calls that concern the device itself, each with its parameters, body and answer
(manual 5.1 and 5.2; OneNET's documents, "NB-IoT suite, application development").

An api-key is welcome and not looked at. Parameters beyond these are passed over.
"""

from typing import Final

from emulator.web.calls import Call
from emulator.web.fields import (
    Anything,
    Field,
    Flag,
    ListOf,
    Number,
    Real,
    Record,
    Scalar,
    Text,
    all_of,
)
from lwm2m_core.paths import ID_LIMIT

PLATFORM: Final = "onenet"

BODY_LIMIT: Final = 16384
"""Bytes of a request body. 2048 bytes written in hexadecimal, with room for the JSON around."""

DATA_LIMIT: Final = 2048
"""Bytes that are written or given to an Execute (OneNET's documents: "2k")."""

_ID: Final = Number(0, ID_LIMIT)
_KEY: Final = Text(8, 16, "[0-9A-Za-z]{8,16}", "not 8 to 16 letters and digits")
_JSON: Final = Anything()
_IMEI: Final = Field("imei", Text(1), "which device", required=True)
_TIMEOUT: Final = Field("timeout", Number(5, 40), "seconds to wait for the device; usually 25")
_OBJ: Final = Field("obj_id", _ID, "object", required=True)
_INST: Final = Field("obj_inst_id", _ID, "object instance", required=True)
_ANY_INST: Final = Field("obj_inst_id", _ID, "object instance")
_RES: Final = Field("res_id", _ID, "resource", required=True)
_ANY_RES: Final = Field("res_id", _ID, "resource; not without obj_inst_id")
_TEXT: Final = Text(most=1 << 16)
_COUNT: Final = Number(0, 1 << 53)
_VALUES: Final = ListOf(
    all_of(
        ("obj_inst_id", Number(-1, ID_LIMIT)),
        ("res", ListOf(all_of(("res_id", Number(-1, ID_LIMIT)), ("val", _JSON)), 1 << 16)),
    ),
    1 << 16,
)

READ: Final = Call(
    "onenet_read",
    "GET",
    "/nbiot",
    "Read an object, an instance of it, or a resource.",
    query=(_IMEI, _OBJ, _ANY_INST, _ANY_RES, _TIMEOUT),
    answer=_VALUES,
)
WRITE: Final = Call(
    "onenet_write",
    "POST",
    "/nbiot",
    "Write resources of an instance.",
    query=(
        _IMEI,
        _OBJ,
        _INST,
        Field(
            "mode",
            Number(1, 2),
            "1 replaces the instance, 2 leaves alone what is not mentioned",
            required=True,
        ),
        _TIMEOUT,
    ),
    body=Record(
        (
            Field(
                "data",
                ListOf(
                    Record(
                        (
                            Field("res_id", _ID, required=True),
                            Field(
                                "val",
                                Scalar(),
                                "with type 1 bytes as hexadecimal text",
                                required=True,
                            ),
                            Field("type", Number(1, 2), "1: bytes, 2: a time in seconds"),
                        )
                    ),
                    most=256,
                    least=1,
                ),
                required=True,
            ),
        )
    ),
)
EXECUTE: Final = Call(
    "onenet_execute",
    "POST",
    "/nbiot/execute",
    "Execute a resource.",
    query=(_IMEI, _OBJ, _INST, _RES, _TIMEOUT),
    body=Record((Field("args", Text(most=DATA_LIMIT), "arguments", default=""),)),
)
OBSERVE: Final = Call(
    "onenet_observe",
    "POST",
    "/nbiot/observe",
    "Observe, with conditions if there are any, or cancel it. The parameters may also be a body.",
    query=(
        _IMEI,
        Field("cancel", Flag(lenient=True), "true ends the observation", default=False),
        _OBJ,
        _ANY_INST,
        _ANY_RES,
        Field("pmin", Number(0, 1 << 31), "least seconds between reports"),
        Field("pmax", Number(0, 1 << 31), "most seconds between reports"),
        Field("gt", Real(), "report above this"),
        Field("lt", Real(), "report below this"),
        Field("st", Real(), "report a change by so much"),
        _TIMEOUT,
    ),
    lenient=True,
)
DISCOVER: Final = Call(
    "onenet_discover",
    "GET",
    "/nbiot/discover",
    "Ask the device which resources it has.",
    query=(_IMEI, _OBJ, _ANY_INST, _TIMEOUT),
    answer=ListOf(all_of(("obj_inst_id", _ID), ("res_id", ListOf(_ID, 1 << 16))), 1 << 16),
)
RESOURCES: Final = Call(
    "onenet_resources",
    "GET",
    "/nbiot/resources",
    "Which resources the device has registered, been found to have, or reported.",
    query=(_IMEI, Field("obj_id", _ID, "this object alone")),
    answer=all_of(
        ("total_count", _COUNT),
        (
            "item",
            ListOf(
                all_of(
                    ("obj_id", _ID),
                    (
                        "instances",
                        ListOf(
                            all_of(("inst_id", _ID), ("resources", ListOf(_ID, 1 << 16))), 1 << 16
                        ),
                    ),
                ),
                1 << 16,
            ),
        ),
    ),
)
ACCESS_PSK: Final = Call(
    "onenet_set_access_psk",
    "POST",
    "/nbiot/device/accpsk",
    "Set the key of the LwM2M server.",
    query=(_IMEI,),
    body=Record((Field("key", _KEY, "8 to 16 letters and digits", required=True),)),
)
SHOW_PSK: Final = Call(
    "onenet_access_psk",
    "GET",
    "/nbiot/device/accpsk",
    "The key of the LwM2M server.",
    query=(_IMEI,),
    answer=all_of(("psk", _TEXT)),
)
