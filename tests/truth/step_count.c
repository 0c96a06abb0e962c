/* SPDX-License-Identifier: MIT */
/*
 * Counts the instructions that an emulated machine executes between a timer's arming and its own stamps, by single
 * steps from outside. Speaks the remote protocol of GDB to QEMU's stub; the machine must be held at its start (-S), and
 * is ended afterwards.
 *
 * usage: step_count SOCKET STAMP STORE VECTOR STAMP2
 *   STAMP, STORE    addresses of the arming code's RDTSC and of its store to the timer's count register
 *   VECTOR, STAMP2  addresses of the vector stub's first instruction and of its RDTSC
 *   Addresses are hexadecimal.
 * prints `A B`: instructions from STAMP to STORE and from VECTOR to STAMP2, in the first wake.
 * exit status: 0, or 1 with the reason on stderr.
 *
 * Sources: GDB manual, appendix "GDB Remote Serial Protocol"; QEMU manual, "GDB usage".
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PACKET_BYTES = 4096, STEPS_LIMIT = 1000, CONNECT_TRIES = 100, CONNECT_WAIT_US = 100000 };

#define RIP_OFFSET_BYTES 128 /* in the answer to `g`: behind sixteen registers of eight bytes */

struct stub {
    FILE *in;
    FILE *out;
};

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "step_count: %s: %s\n", what, detail);
    exit(1);
}

static struct stub stub_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
        fail("no socket", path);
    strcpy(address.sun_path, path);
    for (unsigned i = 0; connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0; i++) {
        if (i == CONNECT_TRIES)
            fail("cannot connect", path);
        usleep(CONNECT_WAIT_US);
    }
    return (struct stub){fdopen(fd, "r"), fdopen(dup(fd), "w")};
}

static void send_packet(struct stub *stub, const char *text)
{
    unsigned sum = 0;

    for (const char *c = text; *c; c++)
        sum += (unsigned char)*c;
    fprintf(stub->out, "$%s#%02x", text, sum & 0xFF);
    fflush(stub->out);
}

/* The next packet of the stub, acknowledged; `+` of our own packets is passed over. */
static void receive_packet(struct stub *stub, char *text)
{
    size_t length = 0;
    int c;

    do {
        c = getc(stub->in);
    } while (c != EOF && c != '$');
    while ((c = getc(stub->in)) != EOF && c != '#' && length < PACKET_BYTES - 1)
        text[length++] = (char)c;
    text[length] = 0;
    if (c != '#' || getc(stub->in) == EOF || getc(stub->in) == EOF)
        fail("the machine went away", "the connection ended");
    putc('+', stub->out);
    fflush(stub->out);
}

static void ask(struct stub *stub, const char *question, char *answer)
{
    send_packet(stub, question);
    receive_packet(stub, answer);
}

static void ask_ok(struct stub *stub, const char *question)
{
    char answer[PACKET_BYTES];

    ask(stub, question, answer);
    if (strcmp(answer, "OK") != 0)
        fail(question, answer);
}

/* Where the machine stands: eight bytes, lowest first, in the answer to `g`. */
static uint64_t place_now(struct stub *stub)
{
    char answer[PACKET_BYTES];
    uint64_t value = 0;

    ask(stub, "g", answer);
    if (strlen(answer) < 2 * (RIP_OFFSET_BYTES + 8))
        fail("registers", answer);
    for (unsigned i = 0; i < 8; i++) {
        unsigned byte;

        if (sscanf(answer + 2 * (RIP_OFFSET_BYTES + i), "%2x", &byte) != 1)
            fail("registers", answer);
        value |= (uint64_t)byte << (8 * i);
    }
    return value;
}

static void breakpoint(struct stub *stub, bool on, uint64_t address)
{
    char question[64];

    snprintf(question, sizeof(question), "%c0,%" PRIx64 ",1", on ? 'Z' : 'z', address);
    ask_ok(stub, question);
}

/* Lets the machine run until it stands at `address`, the only breakpoint. */
static void run_to(struct stub *stub, uint64_t address)
{
    char answer[PACKET_BYTES];

    breakpoint(stub, true, address);
    ask(stub, "c", answer);
    if (answer[0] != 'T' || place_now(stub) != address)
        fail("stopped elsewhere", answer);
    breakpoint(stub, false, address);
}

static unsigned steps_to(struct stub *stub, uint64_t address)
{
    char answer[PACKET_BYTES];
    unsigned steps = 0;

    while (place_now(stub) != address) {
        if (steps++ == STEPS_LIMIT)
            fail("single steps", "the place is not reached");
        ask(stub, "s", answer);
    }
    return steps;
}

int main(int argc, char **argv)
{
    struct stub stub;
    uint64_t place[4];
    unsigned arm, isr;

    if (argc != 6) {
        fprintf(stderr, "usage: step_count SOCKET STAMP STORE VECTOR STAMP2\n");
        return 1;
    }
    stub = stub_connect(argv[1]);
    for (unsigned i = 0; i < 4; i++)
        place[i] = strtoull(argv[2 + i], NULL, 16);
    run_to(&stub, place[0]);
    arm = steps_to(&stub, place[1]);
    run_to(&stub, place[2]);
    isr = steps_to(&stub, place[3]);
    printf("%u %u\n", arm, isr);
    send_packet(&stub, "k"); /* end the machine */
    return 0;
}
