"""Recordings: the journal as lines, what is in its datagrams, captures that Wireshark opens."""
