/* Host and server of one modem at the same time: DEVICE and SERVER are descriptors, of its serial
   device and of a connected UDP socket. COUNT times, one after the other, WHAT happens: `non` and
   `con`, a value from AT+MIPLNOTIFY to the server, with +MIPLEVENT for its ACK where it has one;
   `read`, a GET of the server that the host answers with AT+MIPLREADRSP. Message ids and ackids
   count from FIRST. Prints how many ns each batch of BATCH took. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 20, PATIENCE = 5000 };

static int device, server;
static char printed[65536]; /* what the modem has printed and nobody has looked for yet */
static size_t length;

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int comes(int descriptor)
{
    struct pollfd wanted = {descriptor, POLLIN, 0};
    return poll(&wanted, 1, PATIENCE) == 1;
}

/* Read until `line` has been printed, and forget everything up to its end. */
static int prints(const char *line)
{
    for (;;) {
        char *found;
        printed[length] = 0;
        if ((found = strstr(printed, line))) {
            length -= found + strlen(line) - printed;
            memmove(printed, found + strlen(line), length);
            return 1;
        }
        if (length > sizeof printed / 2 || !comes(device))
            return 0;
        ssize_t got = read(device, printed + length, sizeof printed - 1 - length);
        if (got <= 0)
            return 0;
        length += got;
    }
}

static int says(const char *command)
{
    ssize_t size = strlen(command);
    return write(device, command, size) == size;
}

static int hears(unsigned char *message)
{
    return comes(server) && recv(server, message, 2048, 0) >= 4;
}

static int reports(long number, int confirmable)
{
    unsigned char message[2048];
    char command[128], event[64];
    const char *value = "AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,\"abcd\",0,0";
    if (confirmable)
        snprintf(command, sizeof command, "%s,%ld\r", value, number);
    else
        snprintf(command, sizeof command, "%s\r", value);
    if (!says(command) || !hears(message) || message[1] != 69 || !prints("\r\nOK\r\n"))
        return 0;
    if (!confirmable)
        return (message[0] & 0x30) == 0x10;
    unsigned char ack[] = {0x60, 0, message[2], message[3]};
    snprintf(event, sizeof event, "+MIPLEVENT: 0,26,%ld\r\n", number);
    return (message[0] & 0x30) == 0 && send(server, ack, 4, 0) == 4 && prints(event);
}

static int reads(long mid)
{
    unsigned char message[2048];
    /* CON GET, a token of two bytes, Uri-Path "3200", "0", "5750" (RFC 7252 3 and 3.1) */
    unsigned char get[] = {0x42, 1, mid >> 8, mid, mid >> 8, mid, 0xb4, '3', '2', '0', '0',
                           1,    '0', 4, '5', '7', '5', '0'};
    char line[64], command[128];
    snprintf(line, sizeof line, "+MIPLREAD: 0,%ld,", mid);
    snprintf(command, sizeof command,
             "AT+MIPLREADRSP=0,%ld,1,3200,0,5750,1,4,\"abcd\",0,0\r", mid);
    return send(server, get, sizeof get, 0) == sizeof get && prints(line) && says(command) &&
           hears(message) && message[1] == 69 && message[2] == (mid >> 8 & 0xff) &&
           message[3] == (mid & 0xff) && prints("\r\nOK\r\n");
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    device = atoi(argv[1]);
    server = atoi(argv[2]);
    long first = atol(argv[3]), count = atol(argv[4]);
    const char *what = argv[5];
    long long start = now();
    for (long i = 0; i < count; i++) {
        int done = strcmp(what, "read") == 0 ? reads(first + i)
                                             : reports(first + i, strcmp(what, "con") == 0);
        if (!done)
            return 1;
        if ((i + 1) % BATCH == 0) {
            long long stop = now();
            printf("%lld\n", stop - start);
            start = stop;
        }
    }
    return 0;
}
