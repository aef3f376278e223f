#include "at.h"

#include "port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CR and LF both end a line; empty lines are none. */
const char *at_take(struct at_reader *reader, char byte)
{
    if (byte == '\r' || byte == '\n') {
        bool whole = reader->length > 0 && !reader->overlong;
        reader->line[reader->length] = '\0';
        reader->length = 0;
        reader->overlong = false;
        return whole ? reader->line : NULL;
    }
    if (reader->length < sizeof reader->line - 1)
        reader->line[reader->length++] = byte;
    else
        reader->overlong = true;
    return NULL;
}

const char *at_fields(const char *line, const char *prefix)
{
    size_t length = strlen(prefix);

    if (strncmp(line, prefix, length) != 0 || line[length] != ':')
        return NULL;
    line += length + 1;
    return line + strspn(line, " ");
}

bool at_final(const char *line, enum at_result *result, int *error)
{
    static const char *const numbered[] = {"+CME ERROR", "+CIS ERROR"};

    *error = -1;
    if (strcmp(line, "OK") == 0) {
        *result = AT_OK;
        return true;
    }
    *result = AT_ERROR;
    for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++) {
        const char *number = at_fields(line, numbered[i]);
        if (number != NULL) {
            *error = atoi(number);
            return true;
        }
    }
    return strcmp(line, "ERROR") == 0;
}

/* The next line of the module, or NULL with the reason in `result`. */
static const char *next_line(struct at *at, long deadline, enum at_result *result)
{
    for (;;) {
        while (at->taken < at->filled) {
            const char *line = at_take(&at->reader, at->input[at->taken++]);
            if (line == NULL)
                continue;
            if (at->show)
                printf("< %s\n", line);
            return line;
        }
        long left = deadline - port_clock();
        int got = left > 0 ? port_read(at->port, at->input, sizeof at->input, left) : 0;
        at->taken = 0;
        at->filled = got > 0 ? (size_t)got : 0;
        *result = got < 0 ? AT_GONE : AT_SILENCE;
        if (got < 0 || left <= 0)
            return NULL;
    }
}

static void enqueue(struct at *at, const char *line)
{
    if (at->queued == AT_QUEUE_LIMIT) {
        at->lost++;
        return;
    }
    strcpy(at->queue[(at->first + at->queued++) % AT_QUEUE_LIMIT], line);
}

/* Who handles it, and its fields; lines without a handler are passed over. */
static const struct at_handler *handler_of(const struct at *at, const char *line,
                                           const char **fields)
{
    for (const struct at_handler *each = at->handlers; each->prefix != NULL; each++) {
        *fields = at_fields(line, each->prefix);
        if (*fields != NULL)
            return each;
    }
    return NULL;
}

enum at_result at_command(struct at *at, const char *command, long milliseconds)
{
    long deadline = port_clock() + milliseconds;
    enum at_result result = AT_GONE;
    const char *line, *fields;

    if (at->show)
        printf("> %s\n", command);
    if (port_write(at->port, command, strlen(command)) < 0 || port_write(at->port, "\r\n", 2) < 0)
        return AT_GONE;
    while ((line = next_line(at, deadline, &result)) != NULL) {
        if (at_final(line, &result, &at->error))
            return result;
        if (handler_of(at, line, &fields) != NULL)
            enqueue(at, line);
    }
    return result;
}

enum at_result at_wait(struct at *at, const bool *done, long milliseconds)
{
    long deadline = port_clock() + milliseconds;
    char line[AT_LINE_LIMIT]; /* a handler's commands write over the reader's and the queue's */

    while (!*done) {
        enum at_result result = AT_SILENCE;
        const char *next = at->queue[at->first];
        if (at->queued > 0) {
            at->first = (at->first + 1) % AT_QUEUE_LIMIT;
            at->queued--;
        } else {
            next = next_line(at, deadline, &result);
        }
        if (next == NULL)
            return result;
        strcpy(line, next);
        const char *fields;
        const struct at_handler *handler = handler_of(at, line, &fields);
        if (handler != NULL)
            handler->handle(at->context, fields);
    }
    return AT_OK;
}
