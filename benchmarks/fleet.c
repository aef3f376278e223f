/* COUNT devices, each with a socket of its own and an IMEI from FIRST on, register at the UDP port
   PORT, WINDOW of them at a time, with message ids from MID on; prints how many ns each batch of
   BATCH took. CODE is that of a right answer, 65 for 2.01. A device is done when it has answered as
   many requests as ASKS. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 100, PATIENCE = 5000 };

struct device {
    int socket;
    long asks; /* requests that are still to come, and the answer to Register */
};

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int add(struct device *device, int poll, int port, long imei, long mid, long asks)
{
    struct sockaddr_in server = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    struct epoll_event event = {EPOLLIN, {.ptr = device}};
    device->asks = asks + 1;
    device->socket = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(device->socket, (struct sockaddr *)&server, sizeof server))
        return 0;
    /* CON POST, token ab, Uri-Path "rd", Content-Format 40, Uri-Query "ep=" and 15 digits, "lt=3000",
       payload "</3200/0>" (RFC 7252 3; LwM2M 1.0 5.3.1) */
    unsigned char message[64] = {0x41, 2, mid >> 8, mid, 0xab, 0xb2, 'r', 'd', 0x11, 0x28, 0x3d, 0x05};
    int length = 12;
    length += sprintf((char *)message + length, "ep=%015ld", imei);
    message[length++] = 7;
    length += sprintf((char *)message + length, "lt=3000\xff</3200/0>");
    epoll_ctl(poll, EPOLL_CTL_ADD, device->socket, &event);
    return send(device->socket, message, length, 0) == length;
}

/* 1: one step further; 0: nothing; -1: not the right answer */
static int heard(struct device *device, int code)
{
    unsigned char message[2048];
    ssize_t length = recv(device->socket, message, sizeof message, 0);
    if (length < 4)
        return -1;
    if (message[1] == code)
        return 1;
    if (message[1] != 1) /* neither GET: what follows a registration reads, observes and discovers */
        return -1;
    /* 2.05 in an ACK; with Observe 1 where the first option of the request is Observe, 0 */
    int token = 4 + (message[0] & 15), observes = token < length && message[token] == 0x60;
    message[0] |= 0x20;
    message[1] = 69;
    message[token] = 0x61;
    message[token + 1] = 1;
    return send(device->socket, message, token + 2 * observes, 0) > 0 ? 1 : -1;
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    int port = atoi(argv[1]), code = atoi(argv[7]), poll = epoll_create1(0);
    long first = atol(argv[2]), count = atol(argv[3]), window = atol(argv[4]), mid = atol(argv[5]), asks = atol(argv[6]);
    struct device *devices = calloc(count, sizeof *devices);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    long next = 0, done = 0;
    long long start = now();
    for (; next < window && next < count; next++)
        if (!add(&devices[next], poll, port, first + next, mid + next, asks))
            return 1;
    while (done < count) {
        struct epoll_event event;
        if (epoll_wait(poll, &event, 1, PATIENCE) != 1)
            return 1;
        struct device *device = event.data.ptr;
        int step = heard(device, code);
        if (step < 0)
            return 1;
        if ((device->asks -= step) != 0)
            continue;
        if (++done % BATCH == 0) {
            long long stop = now();
            printf("%lld\n", stop - start);
            start = stop;
        }
        if (next < count && !add(&devices[next], poll, port, first + next, mid + next, asks))
            return 1;
        next += next < count;
    }
    return 0;
}
