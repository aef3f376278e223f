import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry, encode_entries
from lwm2m_core.formats.link import Link, encode_links
from lwm2m_core.objects import AlreadyThere, Declared, NotThere, ObjectTree
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType

STRING, OPAQUE, INTEGER, FLOAT, BOOLEAN = ResourceType


@pytest.fixture
def tree() -> ObjectTree:
    """The manual's object 3200 in two instances, beside the module's own 3/0."""
    made = ObjectTree()
    made.add_object(3, [0], owner="module")
    made.add_object(3200, [1, 0])
    return made


def targets(links: tuple[Link, ...]) -> list[str]:
    return [link.target for link in links]


def test_an_object_is_added_once(tree: ObjectTree) -> None:
    """Decision 15: 653."""
    with pytest.raises(AlreadyThere, match="/3200"):
        tree.add_object(3200, [0])
    with pytest.raises(AlreadyThere):
        tree.add_object(3, [0], owner="module")
    with pytest.raises(AlreadyThere):
        tree.add_object(3200, [0], owner="module")
    assert issubclass(AlreadyThere, EngineError)


def test_an_object_is_removed_by_its_owner(tree: ObjectTree) -> None:
    """Decision 15: DELOBJ of an unknown object, 653."""
    tree.remove_object(3200)
    assert not tree.has(Path(3200))
    for unknown in (3200, 3, 5):
        with pytest.raises(NotThere, match=f"/{unknown}"):
            tree.remove_object(unknown)
    tree.remove_object(3, owner="module")
    assert not tree.has(Path(3))


def test_the_mcu_takes_over_an_object_of_the_module(tree: ObjectTree) -> None:
    """Decision 33."""
    tree.declare(Path(3, 0, 0), STRING, "CMIOT")
    tree.add_object(3, [0])
    assert tree.owner_of(3) == "mcu"
    assert tree.entries(Path(3)) == ()
    assert targets(tree.registration_links()) == ["/", "/3/0", "/3200/0", "/3200/1"]


def test_ids_over_16_bits_leave_the_tree_alone(tree: ObjectTree) -> None:
    with pytest.raises(ValueError, match="65536"):
        tree.add_object(3303, [0, 65536])
    assert not tree.has(Path(3303))


def test_what_is_there(tree: ObjectTree) -> None:
    tree.declare(Path(3200, 0, 5500))
    for path in ("/3", "/3/0", "/3200", "/3200/1", "/3200/0/5500"):
        assert tree.has(Path.parse(path))
    for path in ("/4", "/3200/2", "/3200/1/5500", "/3200/0/5501"):
        assert not tree.has(Path.parse(path))
    assert (tree.owner_of(3), tree.owner_of(3200), tree.owner_of(4)) == ("module", "mcu", None)


def test_instances_are_listed_in_ascending_order(tree: ObjectTree) -> None:
    tree.add_object(20, [0])
    assert list(map(str, tree.instances())) == ["/3/0", "/20/0", "/3200/0", "/3200/1"]
    assert list(map(str, tree.instances(owner="mcu"))) == ["/20/0", "/3200/0", "/3200/1"]
    assert list(map(str, tree.instances(owner="module"))) == ["/3/0"]


def test_a_declaration_keeps_what_it_does_not_mention(tree: ObjectTree) -> None:
    path = Path(3200, 0, 5501)
    tree.declare(path)
    assert tree.declared(path) == Declared()
    tree.declare(path, INTEGER)
    assert tree.type_of(path) is INTEGER
    tree.declare(path, INTEGER, -12)
    tree.declare(path)
    tree.declare(path, INTEGER)
    assert tree.declared(path) == Declared(INTEGER, -12)
    tree.declare(path, value=0)
    assert tree.declared(path) == Declared(INTEGER, 0)
    tree.declare(path, STRING)
    assert tree.declared(path) == Declared(STRING)


def test_what_cannot_be_declared(tree: ObjectTree) -> None:
    with pytest.raises(NotThere, match="/3200/2"):
        tree.declare(Path(3200, 2, 5500), BOOLEAN, True)
    with pytest.raises(NotThere, match="/4/0"):
        tree.declare(Path(4, 0, 1))
    with pytest.raises(EngineError, match="no resource"):
        tree.declare(Path(3200, 0))
    with pytest.raises(EngineError, match="no type"):
        tree.declare(Path(3200, 0, 5500), value=True)
    with pytest.raises(EngineError, match="INTEGER"):
        tree.declare(Path(3200, 0, 5501), INTEGER, "-12")
    with pytest.raises(EngineError, match="INTEGER"):
        tree.declare_multiple(Path(3, 0, 11), INTEGER, {0: "0"})
    assert tree.declared(Path(3200, 0, 5501)) is None
    assert tree.type_of(Path(3200, 0)) is None


def test_a_resource_list_holds_for_every_instance(tree: ObjectTree) -> None:
    """Manual 3.5: AT+MIPLDISCOVERRSP=0,3200,1,14,"5500;5501;5750"."""
    tree.declare(Path(3200, 0, 5500), BOOLEAN, True)
    tree.list_resources(3200, [5750, 5500, 5501])
    assert encode_links(tree.links(Path(3200))) == (
        b"</3200>,</3200/0>,</3200/0/5500>,</3200/0/5501>,</3200/0/5750>"
        b",</3200/1>,</3200/1/5500>,</3200/1/5501>,</3200/1/5750>"
    )
    assert tree.type_of(Path(3200, 0, 5500)) is BOOLEAN
    with pytest.raises(NotThere, match="/3303"):
        tree.list_resources(3303, [5700])


def test_discover_below_the_object_shows_the_matching_part(tree: ObjectTree) -> None:
    """Decision 16."""
    tree.list_resources(3200, [5500, 5750])
    assert targets(tree.links(Path(3200, 1))) == ["/3200/1", "/3200/1/5500", "/3200/1/5750"]
    assert targets(tree.links(Path(3200, 1, 5750))) == ["/3200/1/5750"]
    assert tree.links(Path(3200, 1, 5751)) == ()
    assert targets(tree.links())[:3] == ["/3", "/3/0", "/3200"]


def test_closing_forgets_resources_but_not_objects(tree: ObjectTree) -> None:
    """Decision 27."""
    tree.declare(Path(3, 0, 0), STRING, "CMIOT")
    tree.declare(Path(3200, 0, 5500), BOOLEAN, True)
    tree.clear_resources()
    assert not tree.has(Path(3200, 0, 5500))
    assert tree.has(Path(3200, 0))
    assert tree.has(Path(3, 0, 0))
    tree.clear_resources(owner="module")
    assert not tree.has(Path(3, 0, 0))


def test_known_values_are_listed_below_a_path(tree: ObjectTree) -> None:
    tree.declare(Path(3200, 1, 5750), STRING, "test")
    tree.declare(Path(3200, 0, 5501), INTEGER, -12)
    tree.declare(Path(3200, 0, 5500), BOOLEAN, False)
    tree.declare(Path(3200, 0, 5502), FLOAT)
    first, second = (
        Entry(Path(3200, 0, 5500), BOOLEAN, False),
        Entry(Path(3200, 0, 5501), INTEGER, -12),
    )
    third = Entry(Path(3200, 1, 5750), STRING, "test")
    assert tree.entries(Path(3200)) == (first, second, third)
    assert tree.entries(Path(3200, 0)) == (first, second)
    assert tree.entries(Path(3200, 0, 5501)) == (second,)
    assert tree.entries(Path(3200, 0, 5502)) == ()


def test_a_resource_may_have_several_values(tree: ObjectTree) -> None:
    """LwM2M 1.0 6.4.3.1: 3/0/6 and 3/0/11; Discover shows how many (conformance 1.0-int-260)."""
    tree.declare_multiple(Path(3, 0, 6), INTEGER, {1: 5, 0: 1})
    tree.declare_multiple(Path(3, 0, 11), INTEGER, {0: 0})
    tree.declare(Path(3, 0, 9), INTEGER, 100)
    assert encode_entries(11542, Path(3, 0), tree.entries(Path(3, 0))) == bytes.fromhex(
        "86 06 41 00 01 41 01 05 C1 09 64 83 0B 41 00 00"
    )
    assert encode_links(tree.links(Path(3, 0))) == b"</3/0>,</3/0/6>;dim=2,</3/0/9>,</3/0/11>;dim=1"


def test_an_instance_is_described_anew(tree: ObjectTree) -> None:
    """Decision 33: what is not mentioned is not there any more."""
    tree.declare(Path(3200, 0, 1), ResourceType.STRING, "old")
    known = {2: Declared(ResourceType.INTEGER, 7), 3: Declared()}
    tree.describe(Path(3200, 0), known)
    assert targets(tree.links(Path(3200, 0))) == ["/3200/0", "/3200/0/2", "/3200/0/3"]
    assert tree.entries(Path(3200, 0)) == (Entry(Path(3200, 0, 2), ResourceType.INTEGER, 7),)
    for path in (Path(3200), Path(3200, 9), Path(9, 0), Path(3200, 9, 2)):
        with pytest.raises(NotThere):
            tree.describe(path, known)


def test_a_resource_is_described_anew_alone(tree: ObjectTree) -> None:
    """Decision 33, for a request that is about nothing else."""
    first, second = Path(3200, 0, 1), Path(3200, 0, 2)
    tree.declare(first, ResourceType.STRING, "old")
    tree.declare(second, ResourceType.STRING, "stays")
    tree.describe(first, {1: Declared(ResourceType.STRING, "new")})
    assert [entry.value for entry in tree.entries(Path(3200, 0))] == ["new", "stays"]
    tree.describe(second, {})
    assert [entry.value for entry in tree.entries(Path(3200, 0))] == ["new"]


def test_registration_lists_the_instances_of_the_mcu(tree: ObjectTree) -> None:
    """Decision 20: ascending, no blanks, an object without instances is not listed."""
    tree.add_object(3303, [])
    tree.add_object(20, [10, 2])
    tree.declare(Path(3200, 0, 5500), BOOLEAN, True)
    assert tree.registration_payload() == (
        b'</>;rt="oma.lwm2m",</20/2>,</20/10>,</3200/0>,</3200/1>'
    )


def test_registration_of_nothing_lists_the_device_object() -> None:
    """Decision 20."""
    tree = ObjectTree()
    tree.add_object(3303, [])
    tree.add_object(4, [0], owner="module")
    assert tree.registration_payload() == b'</>;rt="oma.lwm2m",</3/0>'


def test_registration_with_the_modules_objects_or_without(tree: ObjectTree) -> None:
    """Quirk *module_objects_in_register*, on and off."""
    tree.add_object(1, [0], owner="module")
    assert tree.registration_payload(module_objects=tree.instances(owner="module")) == (
        b'</>;rt="oma.lwm2m",</1/0>,</3/0>,</3200/0>,</3200/1>'
    )
    tree.remove_object(3200)
    assert tree.registration_payload(module_objects=()) == b'</>;rt="oma.lwm2m"'


def test_registration_with_the_security_object(tree: ObjectTree) -> None:
    """Quirk *security_object_in_register* (MB 2.4)."""
    assert tree.registration_payload(security_object=True) == (
        b'</>;rt="oma.lwm2m",</0/0>,</3200/0>,</3200/1>'
    )
    tree.remove_object(3200)
    assert tree.registration_payload(security_object=True) == (b'</>;rt="oma.lwm2m",</0/0>,</3/0>')
