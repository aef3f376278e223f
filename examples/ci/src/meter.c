/* A meter's firmware: it logs in to OneNET, reports one reading, and leaves.

       meter DEVICE        or: meter HOST:PORT

   The exit code is 0 if the platform has the reading, else 1. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { REPLY_MS = 5000, EVENT_MS = 35000, BOOT_ATTEMPTS = 20, BOOT_MS = 500, LINE_SIZE = 256 };
enum { EVENTS = 64 }; /* the numbers of +MIPLEVENT are below it */

static int port;
static int has_come[EVENTS], is_observed;

static int connect_to(char *host, const char *service)
{
    struct addrinfo wish = {.ai_socktype = SOCK_STREAM}, *found;
    int line = -1;

    if (getaddrinfo(host, service, &wish, &found) != 0)
        return -1;
    for (struct addrinfo *each = found; each != NULL && line < 0; each = each->ai_next) {
        line = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (line >= 0 && connect(line, each->ai_addr, each->ai_addrlen) != 0) {
            close(line);
            line = -1;
        }
    }
    freeaddrinfo(found);
    return line;
}

static int open_port(char *place)
{
    struct termios raw;
    char *colon = strrchr(place, ':');
    int line;

    if (place[0] != '/' && colon != NULL) {
        *colon = '\0';
        return connect_to(place, colon + 1);
    }
    line = open(place, O_RDWR | O_NOCTTY);
    if (line < 0 || tcgetattr(line, &raw) != 0)
        return -1;
    raw.c_iflag = raw.c_oflag = raw.c_lflag = 0;
    cfsetispeed(&raw, B9600);
    cfsetospeed(&raw, B9600);
    return tcsetattr(line, TCSANOW, &raw) == 0 ? line : -1;
}

/* The next line that is not empty; 0 if none comes in time. */
static int read_line(char *line, int milliseconds)
{
    struct pollfd wanted = {.fd = port, .events = POLLIN};
    size_t length = 0;
    char c;

    while (poll(&wanted, 1, milliseconds) == 1 && read(port, &c, 1) == 1) {
        if (c != '\r' && c != '\n') {
            if (length < LINE_SIZE - 1)
                line[length++] = c;
        } else if (length > 0) {
            line[length] = '\0';
            return 1;
        }
    }
    return 0;
}

static void say(const char *command)
{
    if (write(port, command, strlen(command)) < 0 || write(port, "\r", 1) < 0)
        perror("write");
}

/* An event or an observation may come at any time, before the OK of a command, too: whichever
   function reads it, it is kept. +MIPLEVENT: <ref>,<evtid>[,<ackid>];
   +MIPLOBSERVE: <ref>,<mid>,<flag>,<objid>,…: what is not observed cannot be reported. */
static void keep(const char *line)
{
    int event, object;

    if (sscanf(line, "+MIPLEVENT: %*d,%d", &event) == 1 && event >= 0 && event < EVENTS)
        has_come[event] = 1;
    if (sscanf(line, "+MIPLOBSERVE: %*d,%*d,1,%d", &object) == 1 && object == 3200)
        is_observed = 1;
}

/* Whether the command ends with OK. */
static int ask(const char *command, int milliseconds)
{
    char line[LINE_SIZE];

    say(command);
    while (read_line(line, milliseconds)) {
        if (strcmp(line, "OK") == 0)
            return 1;
        if (strstr(line, "ERROR") != NULL) {
            printf("%s: %s\n", command, line);
            return 0;
        }
        keep(line);
    }
    return 0;
}

/* Whether the event comes, and no failure before it. */
static int wait_for_event(int wanted)
{
    static const int failures[] = {3, 7, 25};
    char line[LINE_SIZE];

    while (!has_come[wanted]) {
        for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
            if (has_come[failures[i]]) {
                printf("event %d\n", failures[i]);
                return 0;
            }
        if (!read_line(line, EVENT_MS)) {
            printf("event %d does not come\n", wanted);
            return 0;
        }
        keep(line);
    }
    return 1;
}

static int wait_for_observe(void)
{
    char line[LINE_SIZE];

    while (!is_observed) {
        if (!read_line(line, EVENT_MS)) {
            puts("nothing is observed");
            return 0;
        }
        keep(line);
    }
    return 1;
}

static int is_up(void)
{
    char line[LINE_SIZE];

    for (int attempt = 0; attempt < BOOT_ATTEMPTS; attempt++)
        if (ask("AT", BOOT_MS)) {
            while (attempt > 0 && read_line(line, BOOT_MS))
                ; /* answers to the ones before, which are no command's result */
            return 1;
        }
    return 0;
}

static int report(void)
{
    return is_up() && ask("AT+MIPLCREATEEX=\"nbiotbt.heclouds.com:5683\",1", REPLY_MS) &&
           ask("AT+MIPLADDOBJ=0,3200,1,\"1\",0,1", REPLY_MS) &&
           ask("AT+MIPLDISCOVERRSP=0,3200,1,4,\"5750\"", REPLY_MS) &&
           ask("AT+MIPLOPEN=0,3000,30", REPLY_MS) && wait_for_event(6) && wait_for_observe() &&
           ask("AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,\"21.5\",0,0,147", REPLY_MS) &&
           wait_for_event(26) && ask("AT+MIPLCLOSE=0", REPLY_MS) && wait_for_event(15);
}

int main(int count, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count != 2 || (port = open_port(words[1])) < 0) {
        fprintf(stderr, "usage: %s DEVICE|HOST:PORT\n", words[0]);
        return 2;
    }
    if (!report())
        return 1;
    puts("reported");
    return 0;
}
