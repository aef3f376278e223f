/* The hosts of as many modems as there are lines on stdin, each of them a device: each makes the
   instance for the server 127.0.0.1:PORT and adds object 3200; then all log in at the same time.
   Prints the ns from the first AT+MIPLOPEN to the last +MIPLEVENT: 0,6, and stays until stdin ends. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, KEPT = 512, PATIENCE = 30000 };

static struct device {
    int fd;
    size_t have;
    char printed[KEPT + 1];
} devices[MOST];

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* All say `command` and wait until `line` has come from each. */
static int all(int poll, long count, const char *command, const char *line)
{
    long waits = count;
    for (long i = 0; i < count; i++) {
        devices[i].have = 0;
        if (write(devices[i].fd, command, strlen(command)) != (ssize_t)strlen(command))
            return 0;
    }
    while (waits > 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, PATIENCE);
        if (ready <= 0)
            return 0;
        for (int i = 0; i < ready; i++) {
            struct device *device = events[i].data.ptr;
            if (device->have == KEPT)
                device->have = 0;
            ssize_t got = read(device->fd, device->printed + device->have, KEPT - device->have);
            if (got <= 0)
                return 0;
            device->have += got;
            device->printed[device->have] = 0;
            if (strstr(device->printed, line)) {
                device->have = 0;
                waits--;
            }
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    long count = atol(argv[2]);
    int poll = epoll_create1(0);
    char path[256], create[128];
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (long i = 0; i < count && i < MOST; i++) {
        struct termios raw;
        struct epoll_event event = {EPOLLIN, {.ptr = &devices[i]}};
        if (!fgets(path, sizeof path, stdin))
            return 1;
        path[strcspn(path, "\n")] = 0;
        devices[i].fd = open(path, O_RDWR | O_NOCTTY);
        if (devices[i].fd < 0 || tcgetattr(devices[i].fd, &raw))
            return 1;
        cfmakeraw(&raw);
        tcsetattr(devices[i].fd, TCSANOW, &raw);
        epoll_ctl(poll, EPOLL_CTL_ADD, devices[i].fd, &event);
    }
    snprintf(create, sizeof create, "AT+MIPLCREATEEX=\"127.0.0.1:%s\",0\r", argv[1]);
    if (!all(poll, count, create, "\r\nOK\r\n") ||
        !all(poll, count, "AT+MIPLADDOBJ=0,3200,1,\"1\",0,0\r", "\r\nOK\r\n"))
        return 1;
    long long start = now();
    if (!all(poll, count, "AT+MIPLOPEN=0,86400,30\r", "+MIPLEVENT: 0,6\r\n"))
        return 1;
    printf("%lld\n", now() - start);
    fflush(stdout);
    while (fgets(path, sizeof path, stdin)) /* the devices stay open */
        ;
    return 0;
}
