"""Objects that the module answers for by itself (manual 3.3 note; decision 33)."""

from emulator.identity import Identity
from emulator.profile import Profile
from lwm2m_core.objects import ObjectTree
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType

DEVICE = 3  # OMA object 3, Device: the mandatory resources and what tells modules apart


def add_module_objects(tree: ObjectTree, profile: Profile, identity: Identity) -> None:
    """Put 3/0 into a tree that has no object 3: manufacturer, model, serial number, firmware."""
    if tree.owner_of(DEVICE) is not None:
        return
    tree.add_object(DEVICE, (0,), owner="module")
    texts = {
        0: profile.manufacturer,
        1: profile.model,
        2: identity.imei,
        3: profile.revision,
        16: "U",
    }
    for resource, text in texts.items():
        tree.declare(Path(DEVICE, 0, resource), ResourceType.STRING, text)
