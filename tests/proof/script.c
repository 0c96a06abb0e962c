/* SPDX-License-Identifier: MIT */
#include "lib/script/script_reader.h"

#include "tests/proof/proof.h"

static void read_text(size_t bytes)
{
    char *text = malloc(bytes);
    struct script_reader reader = script_reader_begin(text, bytes);
    size_t words = 0;

    assert(script_reader_line_bytes(&reader) <= bytes);
    for (size_t i = 0; i <= bytes && !script_reader_at_end(&reader); i++) {
        size_t before = reader.offset;

        script_reader_skip_blanks(&reader);
        assert(reader.offset >= before && reader.offset <= bytes);
        if (script_reader_at_word(&reader)) {
            struct script_token word = script_reader_word(&reader);

            assert(word.bytes > 0 && word.text >= text && word.text + word.bytes <= text + bytes);
            assert(word.line >= 1 && word.column >= 1 && word.column <= bytes);
            words++;
        } else if (!script_reader_at_end(&reader)) {
            if (script_reader_at_line_end(&reader))
                script_reader_next_line(&reader);
            else
                reader.offset++;
        }
        assert(reader.offset > before && reader.offset <= bytes && reader.line_start <= reader.offset);
    }
    assert(script_reader_at_end(&reader) && words <= bytes);
}

void prove_reader(void)
{
    for (size_t bytes = 0; bytes <= 4; bytes++)
        read_text(bytes);
}
