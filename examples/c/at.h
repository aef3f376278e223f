/* The host's side of an AT line: lines, final results, and unsolicited lines by their prefix.

   Nothing is allocated. A handler of an unsolicited line may send commands: what the module prints
   meanwhile is queued, and handled later, by at_wait. */
#ifndef AT_H
#define AT_H

#include <stdbool.h>
#include <stddef.h>

enum {
    AT_LINE_LIMIT = 2048, /* a longer line is passed over */
    AT_QUEUE_LIMIT = 16,  /* unsolicited lines that wait; more are counted in `lost` */
};

enum at_result {
    AT_OK,
    AT_ERROR,   /* ERROR, +CME ERROR: n, +CIS ERROR: n; n is in `error` */
    AT_SILENCE, /* no final result in time */
    AT_GONE,    /* the port has failed */
};

struct at_handler {
    const char *prefix; /* as "+MIPLEVENT"; NULL ends a table */
    void (*handle)(void *context, const char *fields);
};

struct at_reader {
    char line[AT_LINE_LIMIT];
    size_t length;
    bool overlong;
};

struct at {
    int port;
    const struct at_handler *handlers;
    void *context;
    bool show; /* every line on stdout */
    int error; /* the number of the last AT_ERROR, or -1 */
    unsigned lost;
    struct at_reader reader;
    char input[256]; /* read from the port, and not looked at yet */
    size_t taken, filled;
    char queue[AT_QUEUE_LIMIT][AT_LINE_LIMIT];
    size_t first, queued;
};

/* One byte more: the line that it completes, without CR and LF, or NULL. */
const char *at_take(struct at_reader *reader, char byte);

/* Is it a final result? `error` gets the number, if it has one, or -1. */
bool at_final(const char *line, enum at_result *result, int *error);

/* What follows `prefix` and its colon, blanks left out; NULL if the line begins otherwise. */
const char *at_fields(const char *line, const char *prefix);

/* Send a command, given without its line end, and wait for its final result. */
enum at_result at_command(struct at *at, const char *command, long milliseconds);

/* Handle unsolicited lines until `*done`: AT_OK then, AT_SILENCE at the deadline, or AT_GONE. */
enum at_result at_wait(struct at *at, const bool *done, long milliseconds);

#endif
