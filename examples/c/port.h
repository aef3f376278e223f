/* A serial line of a POSIX system: a device like /dev/ttyUSB0 or /dev/pts/5, or TCP. */
#ifndef PORT_H
#define PORT_H

#include <stddef.h>

/* The device at `place`, raw, with 115200 baud; or, for HOST:PORT and tcp:HOST:PORT, a connection.
   A descriptor, or -1 with a sentence on stderr. */
int port_open(const char *place);

/* Write all of it: 0, or -1. */
int port_write(int port, const char *data, size_t length);

/* What has come, within so many milliseconds: how many bytes, 0 for none, or -1 for a line that is
   gone. */
int port_read(int port, char *data, size_t size, long milliseconds);

/* Milliseconds of a clock that only goes forward. */
long port_clock(void);

#endif
