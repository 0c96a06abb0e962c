// SPDX-License-Identifier: MIT
/*
 * Stops an emulated machine where it arms a timer and where that timer's interrupt arrives, and reads the machine's own HPET there, from
 * outside: the guest takes no part in it. Speaks the remote protocol of GDB to QEMU's stub; the machine must be held at its start (-S).
 *
 * usage: stop_clock SOCKET PAIRS STAMP STORE VECTOR STAMP2
 *   STAMP, STORE    addresses of the arming code's RDTSC and of its store to the timer's count register
 *   VECTOR, STAMP2  addresses of the vector stub's first instruction and of its RDTSC
 *   Addresses are hexadecimal. The machine runs on when PAIRS wakes have been seen.
 * prints `steps A B`: instructions from STAMP to STORE and from VECTOR to STAMP2, counted by single steps in the first wake;
 *   then for each later wake `wait NS`: the HPET's time between STORE and VECTOR.
 * exit status: 0, or 1 with the reason on stderr.
 *
 * Sources: GDB manual, appendix "GDB Remote Serial Protocol"; QEMU manual, "GDB usage"; IA-PC HPET specification 1.0a, 2.3.
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

#define HPET_BASE         UINT64_C(0xFED00000) /* where every PC has it; the guest found it by ACPI */
#define HPET_CAPABILITIES 0x00                 /* bits 63:32: period in femtoseconds */
#define HPET_COUNTER      0xF0
#define FS_PER_NS         1000000
#define RIP_OFFSET_BYTES  128 /* in the answer to `g`: behind sixteen registers of eight bytes */

struct stub {
    FILE *in;
    FILE *out;
};

struct places {
    uint64_t stamp, store, vector, stamp2;
};

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "stop_clock: %s: %s\n", what, detail);
    exit(1);
}

static struct stub stub_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        fail("no socket", path);
    strcpy(address.sun_path, path);
    for (unsigned i = 0; connect(fd, (struct sockaddr *)&address, sizeof address) != 0; i++) {
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

/* Eight bytes, lowest first, as the stub prints registers and memory, from an offset of the answer on. */
static uint64_t ask_u64(struct stub *stub, const char *question, size_t offset_bytes)
{
    char answer[PACKET_BYTES];
    uint64_t value = 0;

    ask(stub, question, answer);
    if (strlen(answer) < 2 * (offset_bytes + 8))
        fail(question, answer);
    for (unsigned i = 0; i < 8; i++) {
        unsigned byte;

        if (sscanf(answer + 2 * (offset_bytes + i), "%2x", &byte) != 1)
            fail(question, answer);
        value |= (uint64_t)byte << (8 * i);
    }
    return value;
}

static uint64_t place_now(struct stub *stub)
{
    return ask_u64(stub, "g", RIP_OFFSET_BYTES);
}

static uint64_t hpet_read(struct stub *stub, uint64_t offset)
{
    char question[64];

    snprintf(question, sizeof question, "m%" PRIx64 ",8", HPET_BASE + offset);
    return ask_u64(stub, question, 0);
}

static void breakpoint(struct stub *stub, bool on, uint64_t address)
{
    char question[64];

    snprintf(question, sizeof question, "%c0,%" PRIx64 ",1", on ? 'Z' : 'z', address);
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

static void count_steps(struct stub *stub, const struct places *places)
{
    unsigned arm, isr;

    run_to(stub, places->stamp);
    arm = steps_to(stub, places->store);
    run_to(stub, places->vector);
    isr = steps_to(stub, places->stamp2);
    printf("steps %u %u\n", arm, isr);
}

/* HPET's specification lets the period be up to 100 ns; QEMU's is 10 ns. */
static void time_wait(struct stub *stub, const struct places *places)
{
    uint64_t period_fs = hpet_read(stub, HPET_CAPABILITIES) >> 32, begin, end;

    run_to(stub, places->store);
    begin = hpet_read(stub, HPET_COUNTER);
    run_to(stub, places->vector);
    end = hpet_read(stub, HPET_COUNTER);
    printf("wait %" PRIu64 "\n", (end - begin) * period_fs / FS_PER_NS);
}

int main(int argc, char **argv)
{
    struct places places;
    struct stub stub;
    unsigned long pairs;

    if (argc != 7) {
        fprintf(stderr, "usage: stop_clock SOCKET PAIRS STAMP STORE VECTOR STAMP2\n");
        return 1;
    }
    stub = stub_connect(argv[1]);
    pairs = strtoul(argv[2], NULL, 10);
    places = (struct places){strtoull(argv[3], NULL, 16), strtoull(argv[4], NULL, 16),
                             strtoull(argv[5], NULL, 16), strtoull(argv[6], NULL, 16)};
    ask_ok(&stub, "Qqemu.PhyMemMode:1"); /* memory is read by physical address, devices included */
    for (unsigned long i = 0; i < pairs; i++) {
        if (i == 0)
            count_steps(&stub, &places);
        else
            time_wait(&stub, &places);
    }
    send_packet(&stub, "D"); /* detach: the machine runs on */
    return 0;
}
