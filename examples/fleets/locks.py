"""The host of a door lock: it reports when somebody comes, not by the clock."""

from emulator.fleet.host import Host

LOGIN = (
    'AT+MIPLCREATEEX="183.230.40.40:5684",0,,"{key}"',
    'AT+MIPLCFG="platform",0,10',
    'AT+MIPLADDOBJ=0,3200,1,"1",1,0',
    "AT+MIPLOPEN=0,86400,60",
)


async def lock(host: Host) -> None:
    """One lock, until the run is over."""
    for line in LOGIN:
        await host.command(line.format(key=host.member.psk))
    await host.until_ready()
    while True:
        await host.sleep(host.chance.uniform(20, 100))
        await host.report("open")
        await host.sleep(5)
        await host.report("closed")
