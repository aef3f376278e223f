"""Where an instance logs in, and how it introduces itself (decisions 14, 20–23)."""

from dataclasses import replace

from emulator.instance import FLAG_BOOTSTRAP, Instance, Platform
from emulator.transmission import transmission_of
from emulator.values import as_text
from lwm2m_core.accounts import Account
from lwm2m_core.blocks import ASSEMBLED_LIMIT
from lwm2m_core.dispatch import MANNERS, Manners
from lwm2m_core.message import Code
from lwm2m_core.paths import Path
from lwm2m_core.requests import Settings

# The CIS kit (MB 2.8): no Create, nothing to delete, no object 0, deaf before it is registered
CIS = Manners(Code.BAD_REQUEST, Code.NOT_FOUND, Code.NOT_FOUND, hears_early=False)


def server_of(instance: Instance) -> tuple[Account, bool]:
    """Where to log in, and whether a bootstrap comes first (decision 23)."""
    bootstrap = bool(instance.target.flag & FLAG_BOOTSTRAP)
    again = instance.module.quirks.bootstrap_each_open == "on"
    if bootstrap and instance.skip_bootstrap and instance.handed_out is not None and not again:
        return instance.handed_out, False
    return _with_identity(instance, instance.target.account), bootstrap


def _with_identity(instance: Instance, account: Account) -> Account:
    """An empty `<PSKID>` is the platform's default (decision 21)."""
    if not account.secure or account.identity:
        return account
    onenet = instance.platform is Platform.ONENET
    name = instance.module.identity.imei if onenet else instance.endpoint_name
    return replace(account, identity=name.encode("utf-8", "surrogateescape"))


def settings_of(instance: Instance) -> Settings:
    """What the requests of a login hold, and when they are sent again."""
    quirks = instance.module.quirks
    carrier = quirks.authcode_carrier
    if carrier == "auto":  # decision 21
        carrier = "option63" if instance.platform is Platform.ONENET else "query"
    awake = quirks.queue_awake_s
    return Settings(
        endpoint=instance.endpoint_name,
        binding=instance.binding,
        queue_awake=None if awake == "always" else awake,
        lwm2m_query={"1.0": "1.0", "none": None}[quirks.lwm2m_query],
        auth_code=as_text(instance.target.auth_code.encode("latin-1")) or None,
        auth_carrier=carrier,
        transmission=transmission_of(quirks),
        manners=CIS if quirks.cis_codes == "on" else MANNERS,
        security_object=quirks.security_object_in_register == "on",
        module_objects=_module_objects(instance),
        assembled_limit=0 if quirks.block_passthrough == "always" else ASSEMBLED_LIMIT,
    )


def _module_objects(instance: Instance) -> tuple[Path, ...] | None:
    """The module's own instances that a registration lists; None: 3/0 if nothing else is."""
    match instance.module.quirks.module_objects_in_register:
        case "auto":
            return None
        case "on":
            return instance.tree.instances(owner="module")
        case "off":
            return ()
