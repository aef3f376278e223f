/* COUNT exchanges "AT\r" -> "\r\nOK\r\n" in all, one at a time on each DEVICE, on all of them at the
   same time; prints how many ns they took. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct device {
    int fd, have;
};

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    long count = atol(argv[1]), asked = 0, done = 0;
    int number = argc - 2, poll = epoll_create1(0);
    struct device *devices = calloc(number, sizeof *devices);
    for (int i = 0; i < number; i++) {
        struct termios raw;
        struct epoll_event event = {EPOLLIN, {.ptr = &devices[i]}};
        devices[i].fd = open(argv[i + 2], O_RDWR | O_NOCTTY);
        if (devices[i].fd < 0 || tcgetattr(devices[i].fd, &raw))
            return 1;
        cfmakeraw(&raw);
        tcsetattr(devices[i].fd, TCSANOW, &raw);
        epoll_ctl(poll, EPOLL_CTL_ADD, devices[i].fd, &event);
    }
    long long start = now();
    for (int i = 0; i < number && asked < count; i++, asked++)
        if (write(devices[i].fd, "AT\r", 3) != 3)
            return 1;
    while (done < count) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 5000);
        if (ready <= 0)
            return 1;
        for (int i = 0; i < ready; i++) {
            struct device *device = events[i].data.ptr;
            char answer[64];
            ssize_t got = read(device->fd, answer, sizeof answer);
            if (got <= 0)
                return 1;
            device->have += got;
            if (device->have < 6)
                continue;
            device->have = 0;
            done++;
            if (asked < count && write(device->fd, "AT\r", 3) != 3)
                return 1;
            asked++;
        }
    }
    printf("%lld\n", now() - start);
    return 0;
}
