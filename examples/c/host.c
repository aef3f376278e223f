/* An MCU's part of chapter 5.1 of the LwM2M manual, on any POSIX system.

       gcc -std=c11 -Wall -Wextra -Werror -o host host.c at.c port.c
       ./host /dev/ttyUSB0            or: ./host 127.0.0.1:2000

   It logs in to OneNET, reports a value and waits until the platform has it, says "online", answers
   a read, a write and an execute of the platform, and leaves. The exit code is 0 only if all of
   this has happened. */

#include "at.h"
#include "port.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    REPLY_MS = 5000,    /* for a final result */
    EVENT_MS = 35000,   /* for an event: a login may take the 30 s of OPEN */
    ASKING_MS = 60000,  /* for whoever asks us by the platform */
    BOOT_ATTEMPTS = 10, /* AT, each half a second, until the module is up */
    BOOT_MS = 500,
    ACKID = 147,
    VALUE_LIMIT = 256,
};

/* The numbers of +MIPLEVENT that we wait for (manual, chapter 6). */
enum { REFUSED_BOOTSTRAP = 3, REGISTERED = 6, REFUSED = 7, LEFT = 15, DELIVERED = 26 };

struct host {
    struct at at;
    bool registered, observed, delivered, left, all_answered; /* what is waited for */
    bool read, written, executed, wrong;
    char value[VALUE_LIMIT]; /* of resource 5750 of object 3200 */
};

static void command(struct host *host, const char *text)
{
    if (at_command(&host->at, text, REPLY_MS) == AT_OK)
        return;
    fprintf(stderr, "no OK to %s (error %d)\n", text, host->at.error);
    host->wrong = true;
}

static void answered(struct host *host, bool *which)
{
    *which = !host->wrong;
    host->all_answered = host->wrong || (host->read && host->written && host->executed);
}

/* +MIPLEVENT: <ref>,<evtid>[,<ackid>] */
static void on_event(void *context, const char *fields)
{
    struct host *host = context;
    int event = -1, ackid = -1;

    sscanf(fields, "%*d,%d,%d", &event, &ackid);
    switch (event) {
    case REGISTERED:
        host->registered = true;
        break;
    case DELIVERED:
        host->delivered = ackid == ACKID;
        break;
    case LEFT:
        host->left = true;
        break;
    case REFUSED:
    case REFUSED_BOOTSTRAP:
        fprintf(stderr, "the login has failed: event %d\n", event);
        host->registered = host->wrong = true;
        break;
    }
}

/* +MIPLOBSERVE: <ref>,<mid>,<flag>,<objid>,<insid>,<resid>; what is not observed is not reported */
static void on_observe(void *context, const char *fields)
{
    struct host *host = context;
    int flag, object;

    if (sscanf(fields, "%*d,%*d,%d,%d", &flag, &object) == 2 && object == 3200)
        host->observed = flag == 1;
}

/* +MIPLREAD: <ref>,<mid>,<objid>,<insid>,<resid>; those of the module's own objects show, too. */
static void on_read(void *context, const char *fields)
{
    struct host *host = context;
    char text[VALUE_LIMIT + 80];
    int mid, object;

    if (sscanf(fields, "%*d,%d,%d", &mid, &object) != 2 || object != 3200)
        return;
    snprintf(text, sizeof text, "AT+MIPLREADRSP=0,%d,1,3200,0,5750,1,%zu,\"%s\",0,0", mid,
             strlen(host->value), host->value);
    command(host, text);
    answered(host, &host->read);
}

/* So many of these bytes; false, and no change, if there are fewer, or more than we hold. */
static bool take_text(struct host *host, const char *bytes, int length)
{
    if (length < 0 || length >= VALUE_LIMIT || strlen(bytes) < (size_t)length)
        return false;
    memcpy(host->value, bytes, (size_t)length);
    host->value[length] = '\0';
    return true;
}

/* The bytes that these hex digits stand for; false if they are no text that fits in quotes. */
static bool take_hex(struct host *host, const char *digits)
{
    char text[VALUE_LIMIT];
    int length = 0;
    unsigned byte;

    for (; isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]); digits += 2) {
        if (length == VALUE_LIMIT - 1 || sscanf(digits, "%2x", &byte) != 1 || byte < ' ' ||
            byte == '"')
            return false;
        text[length++] = (char)byte;
    }
    text[length] = '\0';
    return take_text(host, text, length);
}

/* +MIPLWRITE: <ref>,<mid>,<objid>,<insid>,<resid>,<type>,<len>,<value>,<flag>; the type is 6, and
   the value in hex, as long as the module does not know of which type the resource is: until we
   have told its first value. */
static void on_write(void *context, const char *fields)
{
    enum { TEXT = 1, HEX = 6 };
    struct host *host = context;
    char text[80];
    int mid, type, length, start = 0;

    sscanf(fields, "%*d,%d,3200,0,5750,%d,%d,%n", &mid, &type, &length, &start);
    if (start == 0)
        return;
    if (type == TEXT ? !take_text(host, fields + start, length)
                     : type != HEX || !take_hex(host, fields + start))
        return;
    snprintf(text, sizeof text, "AT+MIPLWRITERSP=0,%d,2", mid);
    command(host, text);
    answered(host, &host->written);
}

/* +MIPLEXECUTE: <ref>,<mid>,<objid>,<insid>,<resid>[,<len>,<arguments>] */
static void on_execute(void *context, const char *fields)
{
    struct host *host = context;
    char text[80];
    int mid, resource;

    if (sscanf(fields, "%*d,%d,3200,0,%d", &mid, &resource) != 2 || resource != 5750)
        return;
    snprintf(text, sizeof text, "AT+MIPLEXECUTERSP=0,%d,2", mid);
    command(host, text);
    answered(host, &host->executed);
}

static const struct at_handler handlers[] = {
    {"+MIPLEVENT", on_event},
    {"+MIPLOBSERVE", on_observe},
    {"+MIPLREAD", on_read},
    {"+MIPLWRITE", on_write},
    {"+MIPLEXECUTE", on_execute},
    {NULL, NULL},
};

static bool wait_for(struct host *host, const bool *what, long milliseconds, const char *name)
{
    if (!host->wrong && at_wait(&host->at, what, milliseconds) != AT_OK) {
        fprintf(stderr, "waited in vain for %s\n", name);
        host->wrong = true;
    }
    return !host->wrong;
}

static bool is_up(struct host *host)
{
    for (int i = 0; i < BOOT_ATTEMPTS; i++) {
        enum at_result result = at_command(&host->at, "AT", BOOT_MS);
        if (result == AT_OK && i > 0) /* it may answer the ones before, too: no command's result */
            at_wait(&host->at, &(const bool){false}, BOOT_MS);
        if (result == AT_OK || result == AT_GONE)
            return result == AT_OK;
    }
    fputs("the module does not answer\n", stderr);
    return false;
}

static bool log_in(struct host *host)
{
    /* +CIS ERROR: 653, unless a run before this one has left an instance. */
    at_command(&host->at, "AT+MIPLDELETE=0", REPLY_MS);
    command(host, "AT+MIPLCREATEEX=\"nbiotbt.heclouds.com:5683\",1");
    command(host, "AT+MIPLADDOBJ=0,3200,1,\"1\",0,1");
    command(host, "AT+MIPLDISCOVERRSP=0,3200,1,4,\"5750\"");
    command(host, "AT+MIPLOPEN=0,3000,30");
    return wait_for(host, &host->registered, EVENT_MS, "event 6") &&
           wait_for(host, &host->observed, EVENT_MS, "an observation");
}

static bool report(struct host *host)
{
    char text[VALUE_LIMIT + 80];

    snprintf(text, sizeof text, "AT+MIPLNOTIFY=0,0,3200,0,5750,1,%zu,\"%s\",0,0,%d",
             strlen(host->value), host->value, ACKID);
    command(host, text);
    return wait_for(host, &host->delivered, EVENT_MS, "event 26");
}

static bool leave(struct host *host)
{
    command(host, "AT+MIPLCLOSE=0");
    if (!wait_for(host, &host->left, EVENT_MS, "event 15"))
        return false;
    command(host, "AT+MIPLDELETE=0");
    return !host->wrong;
}

int main(int count, char **arguments)
{
    static struct host host = {.at = {.handlers = handlers, .context = &host, .show = true},
                               .value = "abcd"};

    if (count != 2) {
        fprintf(stderr, "usage: %s DEVICE|HOST:PORT\n", arguments[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    host.at.port = port_open(arguments[1]);
    if (host.at.port < 0 || !is_up(&host))
        return 1;
    command(&host, "ATE0");
    if (!log_in(&host) || !report(&host))
        return 1;
    puts("online");
    if (!wait_for(&host, &host.all_answered, ASKING_MS, "a read, a write and an execute"))
        return 1;
    return leave(&host) && host.at.lost == 0 ? 0 : 1;
}
