/* SPDX-License-Identifier: Apache-2.0
 * Every check over any window and any nominee in it, as the scan would hand it over. Must reach:
 * all functions named in detectors/checks/checks.def, as_armour_read, base64_decode. The window is
 * an exact copy on the heap, so that a byte read outside is caught; a verdict must be one, bounds
 * must stay in the window and be the same when the check runs again. */
#include <stdlib.h>
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/digits.h"

/* For the checks that read the forms of their definition: short ones, so that inputs can match. */
static const char *const s_forms[] = {
    "gh_[A-Za-z0-9]{8}",  "[0-9]{2,4}:A([a-z.]{1,6})=",        "[a-f0-9-]{12}",
    "k1[qpzry9x8]{6,20}", "a[a-z0-9]{1,200}.[01]{2}_[a-f]{8}", NULL};
static const struct as_detector s_definition = {
    .forms = s_forms, .anchors_caseless = true, .min_bytes = 1, .max_bytes = 4096};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The compact form of the nominee, as the scan makes it for shapes. */
static void make_compact(struct as_value *v)
{
    for (size_t i = v->start; i < v->end && v->compact_len < AS_COMPACT_MAX; i++) {
        if (is_alnum(v->text[i])) {
            v->compact[v->compact_len++] = (char)to_upper(v->text[i]);
        }
    }
}

static void run(const struct as_check *check, const struct as_value *nominee)
{
    struct as_value first = *nominee;
    struct as_value second = *nominee;
    enum as_verdict verdict = check->check(&first);
    require(verdict == AS_REJECT || verdict == AS_ACCEPT || verdict == AS_TEST_VALUE ||
            verdict == AS_PLACEHOLDER);
    require(check->check(&second) == verdict);
    if (verdict != AS_REJECT) {
        require(first.start < first.end && first.end <= first.text_len);
        require(first.start == second.start && first.end == second.end);
        require(first.strength <= AS_STRENGTH_PROOF);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8) {
        return 0;
    }
    size_t len = size - 7;
    uint8_t *text = malloc(len);
    memcpy(text, data + 7, len);
    size_t start = ((size_t)data[0] << 8 | data[1]) % len;
    size_t room = len - start;
    size_t end = start + 1 + ((size_t)data[2] << 8 | data[3]) % room;
    struct as_value v = {.text = text,
                         .text_len = len,
                         .start = start,
                         .end = end,
                         .parameter = (unsigned)data[4] << 8 | data[5],
                         .strength = AS_STRENGTH_DIGIT,
                         .definition = (data[6] & 1U) != 0 ? &s_definition : NULL};
    make_compact(&v);
    size_t which = data[6];
    size_t count = 0;
    while (as_checks[count].name != NULL) {
        count++;
    }
    if (which < count) {
        run(&as_checks[which], &v);
    } else {
        for (size_t i = 0; i < count; i++) {
            run(&as_checks[i], &v);
        }
    }
    free(text);
    return 0;
}
