/* Sends COUNT GETs of /3/0/0 through the connected socket FD, WINDOW of them at a time, with message
   ids from FIRST; prints how many ns each batch of BATCH answers took. CODE is that of a right
   answer, 69 for 2.05. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 100, MIDS = 65536 };

static int server;
static unsigned char waits[MIDS];

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int ask(long mid)
{
    /* CON GET, a token of two bytes, Uri-Path "3", "0", "0" (RFC 7252 sections 3 and 3.1) */
    unsigned char get[] = {0x42, 1, mid >> 8, mid, mid >> 8, mid, 0xb1, '3', 1, '0', 1, '0'};
    waits[mid] = 1;
    return send(server, get, sizeof get, 0) == sizeof get;
}

static int answered(int code)
{
    unsigned char answer[2048];
    ssize_t length = recv(server, answer, sizeof answer, 0);
    if (length < 6 || answer[1] != code)
        return 0;
    long mid = answer[2] << 8 | answer[3];
    int was_waited_for = waits[mid];
    waits[mid] = 0;
    return was_waited_for;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    server = atoi(argv[1]);
    long next = atol(argv[2]), count = atol(argv[3]), window = atol(argv[4]), end = next + count;
    if (end > MIDS) /* an id used twice would be answered from memory */
        return 2;
    struct timeval patience = {5, 0};
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (window-- > 0)
        if (!ask(next++))
            return 1;
    long long start = now();
    for (long got = 1; got <= count; got++) {
        if (!answered(atoi(argv[5])))
            return 1;
        if (got % BATCH == 0) {
            long long stop = now();
            printf("%lld\n", stop - start);
            start = stop;
        }
        if (next < end && !ask(next++))
            return 1;
    }
    return 0;
}
