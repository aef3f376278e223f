"""Journals typed by hand, for diagrams. CoAP bytes by RFC 7252 section 3."""

from emulator.journal import Record

OBSERVE = bytes.fromhex("440110010a0b0c0d 60 54 33323030 01 30")
"""CON GET, mid 0x1001 = 4097, token 0a0b0c0d, Observe 0, Uri-Path 3200, 0."""

OBSERVED = bytes.fromhex("644510010a0b0c0d6101622d16")
"""ACK 2.05, mid 4097, Observe 1, Content-Format 11542 (TLV), no body."""

CONTENT = bytes.fromhex("644510010a0b0c0dc22d16ffe4167661626364")
"""ACK 2.05, mid 4097, Content-Format 11542, TLV: resource 5750 of 4 bytes."""

NOTIFY = bytes.fromhex("444520020a0b0c0d6102622d16ff") + b"\xe4\x16\x76abcd"
"""CON 2.05, mid 0x2002 = 8194, the observation's token, TLV: resource 5750 of 4 bytes."""

ACK = bytes.fromhex("60002002")

LINK = "link 1"

DAY = [
    Record(1, 0, 0.0, "power", text="on"),
    Record(2, 0, 1.0, "serial_in", b"AT+MIPLOPEN=0,300"),
    Record(3, 0, 1.001, "serial_in", b"0,30\r"),
    Record(4, 3, 1.001, "command", text="AT+MIPLOPEN=0,3000,30"),
    Record(5, 3, 1.002, "serial_out", b"\r\nOK\r\n"),
    Record(6, 0, 1.5, "login", text="Registered(location='/rd/5')"),
    Record(7, 0, 1.6, "datagram_in", OBSERVE, LINK),
    Record(8, 7, 1.6, "datagram_out", OBSERVED, LINK),
    Record(9, 7, 1.62, "serial_out", b"\r\n+MIPLOBSERVE: 0,4097,1,3200,0,-1\r\n"),
    Record(10, 0, 61.62, "serial_in", b'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147\r'),
    Record(11, 10, 61.62, "command", text='AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147'),
    Record(12, 10, 61.62, "datagram_out", NOTIFY, LINK),
    Record(13, 10, 61.62, "serial_out", b"\r\nOK\r\n"),
    Record(14, 0, 63.12, "datagram_out", NOTIFY, LINK),
    Record(15, 0, 63.2, "datagram_in", ACK, LINK),
    Record(16, 15, 63.22, "serial_out", b"\r\n+MIPLEVENT: 0,26,147\r\n"),
    Record(17, 10, 63.3, "lint", text="late-answer [manual 3.11]: Too late. AT+X"),
    Record(18, 0, 63.4, "fault", OBSERVE, "2, coap-down: drop"),
    Record(19, 0, 63.5, "receiver", text="off"),
    Record(20, 0, 63.6, "datagram_unheard", OBSERVE, LINK),
    Record(21, 0, 64.0, "power", text="off"),
]

TEXT = """\
     time  no.  from  MCU   module platform
    0.000    1        │       ◆       │  power on
    1.001    3        ├──────>│       │  AT+MIPLOPEN=0,3000,30
    1.002    5    3   │<──────┤       │  OK
    1.500    6        │       ◆       │  Registered: /rd/5
    1.600    7        │       ┃<──────┤  Observe /3200/0 (CON 4097)
    1.600    8    7   │       ┃──────>│  2.05 Content (ACK 4097)
    1.620    9    7   │<──────┃       │  +MIPLOBSERVE: 0,4097,1,3200,0,-1
                      ┊       ┊       ┊  (60.0 s)
   61.620   10        ├──────>┃       │  AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147
   61.620   12   10   │       ┃╌╌╌╌╌╌×│  Notify /3200/0/5750 = 'abcd' (CON 8194) no answer
   61.620   13   10   │<──────┃       │  OK
   63.120   14        │       ┃──────>│  Notify /3200/0/5750 = 'abcd' (CON 8194, again)
   63.200   15   14   │       ┃<──────┤  Acknowledged (ACK 8194)
   63.220   16   15   │<──────┃       │  +MIPLEVENT: 0,26,147
   63.300   17   10   !       ┃       │  lint late-answer: Too late. AT+X
   63.400   18        │       ┃×╌╌╌╌╌╌┤  dropped by fault 2, coap-down: Observe /3200/0 (CON 4097)
   63.500   19        │       ◆       │  receiver off
   63.600   20        │       ┊×╌╌╌╌╌╌┤  Observe /3200/0 (CON 4097, again) unheard
   64.000   21        │       ◆       │  power off
"""
