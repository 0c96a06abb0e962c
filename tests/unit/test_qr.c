/* SPDX-License-Identifier: MIT */
/*
 * QR codes of all versions against sums of matrices that zbarimg has read back (tests/screen/codes.sh does so for those
 * of a run), and the limits of what fits.
 */
#include "lib/screen/qr.h"

#include "lib/crc.h"
#include "tests/unit/tap.h"

static struct qr qr;
static char text[QR_CODEWORDS_MAX];

/* Of the modules row by row, for the text of the version's capacity. */
static const uint32_t sums[QR_VERSION_MAX] = {
    0xeb858c9b, 0xd8e68c76, 0xa31163f1, 0xe22dcc44, 0x67ce6f80, 0x1acf2bbd, 0xbf6f15c2,
    0x724763ef, 0xfbe7b6e1, 0x9894a9fb, 0xa2132696, 0x17f17c3a, 0x7cfed05e, 0x0cff14ba,
    0xc2eb53d7, 0x3ca77e85, 0x278f53fd, 0x7ad122cc, 0x1c1796bb, 0x06736fc5,
};

static uint32_t sum_of_code(uint32_t version)
{
    uint32_t crc = 0;

    if (!qr_encode(&qr, version, text, qr_capacity(version)))
        return 0;
    for (uint32_t row = 0; row < qr.side; row++)
        crc = crc32_update(crc, qr.dark[row], qr.side);
    return crc;
}

int main(void)
{
    char name[32];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = "# IL 00a {\"t\":\"stats\"} *0123\n"[i * 7 % 29];
    for (uint32_t version = 1; version <= QR_VERSION_MAX; version++) {
        snprintf(name, sizeof(name), "version %u", version);
        TAP_INT(sum_of_code(version), sums[version - 1], name);
    }
    TAP_INT(qr.side, 97, "the side of version 20");
    TAP_INT(qr_capacity(20), 858, "its capacity");
    TAP_OK(!qr_encode(&qr, 20, text, 859), "one byte too many");
    TAP_OK(!qr_encode(&qr, 0, text, 0) && !qr_encode(&qr, 21, text, 0), "versions that there are not");
    TAP_OK(qr_encode(&qr, 1, text, 0), "no text");
    return tap_done();
}
