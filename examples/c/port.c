#define _POSIX_C_SOURCE 200809L

#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int failed(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return -1;
}

/* No echo, no line editing, no characters that mean something to the driver. */
static int make_raw(int port)
{
    struct termios line;

    if (tcgetattr(port, &line) < 0)
        return -1;
    line.c_iflag &= ~(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON | IXOFF);
    line.c_oflag &= ~OPOST;
    line.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    line.c_cflag &= ~(CSIZE | PARENB | CSTOPB);
    line.c_cflag |= CS8 | CREAD | CLOCAL;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    cfsetispeed(&line, B115200);
    cfsetospeed(&line, B115200);
    return tcsetattr(port, TCSANOW, &line);
}

static int open_device(const char *path)
{
    int port = open(path, O_RDWR | O_NOCTTY);

    if (port < 0)
        return failed(path);
    if (make_raw(port) < 0) {
        failed(path);
        close(port);
        return -1;
    }
    return port;
}

static int connect_to(const struct addrinfo *found)
{
    for (; found != NULL; found = found->ai_next) {
        int port = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
        if (port < 0)
            continue;
        if (connect(port, found->ai_addr, found->ai_addrlen) == 0)
            return port;
        close(port);
    }
    return -1;
}

static int open_tcp(const char *place, const char *colon)
{
    char host[256];
    struct addrinfo wish = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found;
    size_t length = (size_t)(colon - place);
    int port, flaw;

    if (length >= sizeof host) {
        fprintf(stderr, "%s: the name is too long\n", place);
        return -1;
    }
    memcpy(host, place, length);
    host[length] = '\0';
    flaw = getaddrinfo(host, colon + 1, &wish, &found);
    if (flaw != 0) {
        fprintf(stderr, "%s: %s\n", place, gai_strerror(flaw));
        return -1;
    }
    port = connect_to(found);
    freeaddrinfo(found);
    return port < 0 ? failed(place) : port;
}

int port_open(const char *place)
{
    const char *colon;

    if (strncmp(place, "tcp:", 4) == 0)
        place += 4;
    colon = strrchr(place, ':');
    return place[0] == '/' || colon == NULL ? open_device(place) : open_tcp(place, colon);
}

int port_write(int port, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(port, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed("write");
        data += written;
        length -= (size_t)written;
    }
    return 0;
}

int port_read(int port, char *data, size_t size, long milliseconds)
{
    struct pollfd wanted = {.fd = port, .events = POLLIN};
    ssize_t got;
    int ready = poll(&wanted, 1, (int)milliseconds);

    if (ready < 0)
        return errno == EINTR ? 0 : failed("poll");
    if (ready == 0)
        return 0;
    got = read(port, data, size);
    if (got < 0)
        return errno == EINTR ? 0 : failed("read");
    if (got == 0) {
        fputs("the line is gone\n", stderr);
        return -1;
    }
    return (int)got;
}

long port_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
