/* The least that a server can be: prints its UDP port, then answers every POST of /rd with 2.01,
   begins to observe 3200/0/5750 at who registers where OBSERVES is 1, acknowledges what wants it,
   and counts notifications. Whoever sends "?" is sent how many have registered and how many values
   have come. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BUFFER = 8 << 20 };

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    int observes = atoi(argv[1]), own = socket(AF_INET, SOCK_DGRAM, 0), buffer = BUFFER;
    struct sockaddr_in here = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}};
    socklen_t size = sizeof here;
    if (bind(own, (struct sockaddr *)&here, size) ||
        getsockname(own, (struct sockaddr *)&here, &size))
        return 1;
    if (setsockopt(own, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer))
        setsockopt(own, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    unsigned registered = 0, values = 0, mid = 0;
    for (;;) {
        unsigned char in[2048], out[64];
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        ssize_t got = recvfrom(own, in, sizeof in, 0, (struct sockaddr *)&peer, &length);
        if (got == 1 && in[0] == '?') {
            int told = snprintf((char *)out, sizeof out, "%u %u", registered, values);
            sendto(own, out, told, 0, (struct sockaddr *)&peer, length);
            continue;
        }
        int token = got < 4 ? 0 : in[0] & 15, type = got < 4 ? 3 : in[0] >> 4 & 3;
        if (got < 4 + token)
            continue;
        values += in[1] == 69 && type < 2; /* 2.05 of its own accord */
        if (type == 0) {                   /* RFC 7252 4.2: an ACK, which carries 2.01 or nothing */
            int registers = in[1] == 2;
            memcpy(out, in, 4 + token);
            out[0] = 0x60 | (registers ? token : 0);
            out[1] = registers ? 65 : 0;
            int end = registers ? 4 + token : 4;
            if (registers) {
                memcpy(out + end, "\x82rd\x01" "1", 5); /* Location-Path /rd/1 */
                end += 5;
                registered++;
            }
            sendto(own, out, end, 0, (struct sockaddr *)&peer, length);
            if (registers && observes) {
                mid++; /* CON GET with Observe 0, token ab, Uri-Path as above (RFC 7641 2) */
                unsigned char observe[] = {0x41, 1, mid >> 8, mid, 0xab, 0x60, 0x54, '3', '2', '0',
                                           '0', 1, '0', 4, '5', '7', '5', '0'};
                sendto(own, observe, sizeof observe, 0, (struct sockaddr *)&peer, length);
            }
        }
    }
}
