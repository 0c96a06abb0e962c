/* SPDX-License-Identifier: MIT */
/* How sure a finding is, and the word for it in records (docs/record-format.md, `conf`). Any context. */
#ifndef LAB_LIB_INFER_CONFIDENCE_H
#define LAB_LIB_INFER_CONFIDENCE_H

enum confidence {
    CONFIDENCE_NONE, /* a fact, not an inference */
    CONFIDENCE_UNVERIFIED,
    CONFIDENCE_LOW,
    CONFIDENCE_MEDIUM,
    CONFIDENCE_HIGH,
    CONFIDENCE_FEW_SAMPLES,
    CONFIDENCE_LIKELY,
    CONFIDENCE_INFERRED,
    CONFIDENCE_MODELLED, /* computed from what was measured */
    CONFIDENCE_MEASURED,
};

/* "low" and so on; NULL for CONFIDENCE_NONE. */
const char *confidence_word(enum confidence confidence);

#endif /* LAB_LIB_INFER_CONFIDENCE_H */
