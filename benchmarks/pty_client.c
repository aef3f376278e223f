/* Times COUNT exchanges "AT\r" -> "\r\nOK\r\n" on a device; prints one latency in ns a line. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int device = open(argv[1], O_RDWR | O_NOCTTY);
    long count = atol(argv[2]);
    struct termios raw;
    if (device < 0 || tcgetattr(device, &raw))
        return 1;
    cfmakeraw(&raw);
    tcsetattr(device, TCSANOW, &raw);
    long long *times = calloc(count, sizeof *times);
    for (long i = 0; i < count; i++) {
        char answer[64];
        ssize_t have = 0;
        long long start = now();
        if (write(device, "AT\r", 3) != 3)
            return 1;
        while (have < 6) {
            ssize_t got = read(device, answer + have, sizeof answer - have);
            if (got <= 0)
                return 1;
            have += got;
        }
        times[i] = now() - start;
    }
    for (long i = 0; i < count; i++)
        printf("%lld\n", times[i]);
    return 0;
}
