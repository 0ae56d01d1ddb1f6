/* SPDX-License-Identifier: Apache-2.0
 * Forms of tokens, what stands beside a token, fillers, and the checksums that vendors put into
 * their tokens. What each vendor's tokens look like is tested by the examples of the packs. */
#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "detectors/checks/checks.h"
#include "detectors/checks/filler.h"
#include "detectors/checks/token_form.h"

static void forms_that_are_malformed_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        const char *wrong; /* NULL: fine */
        size_t least;
        size_t most;
    } cases[] = {
        {"ab_[a-z]{3}", NULL, 6, 6},
        {"ab_([a-z]{3,9})[0-9]", NULL, 3, 9},
        {"a\\[\\(\\\\[x]", NULL, 5, 5},
        {"", "1 to 200 bytes", 0, 0},
        {"ab[", "without ']'", 0, 0},
        {"ab[]", "without ']'", 0, 0},
        {"ab]", "without ']'", 0, 0},
        {"[a]{", "without ']'", 0, 0},
        {"[a]{0}", "without ']'", 0, 0},
        {"[a]{3,2}", "without ']'", 0, 0},
        {"[a]{99999999999999999999}", "without ']'", 0, 0},
        {"[z-a]", "runs backwards", 0, 0},
        {"a(b", "one '('", 0, 0},
        {"a)b(", "one '('", 0, 0},
        {"(a)(b)", "one '('", 0, 0},
        {"a()", "1 to 4096", 0, 0},
        {"[a]{4096}b", "1 to 4096", 0, 0},
        {"a\\", "without ']'", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t least;
        size_t most;
        const char *wrong = as_token_form_check(cases[i].form, &least, &most);
        if (cases[i].wrong == NULL) {
            assert_null(wrong);
            assert_int_equal(least, cases[i].least);
            assert_int_equal(most, cases[i].most);
        } else {
            assert_non_null(wrong);
            assert_non_null(strstr(wrong, cases[i].wrong));
        }
    }
}

/* Runs a check on `text`, nominated at `anchor` (NULL: all of it); the value, or NULL. */
static const char *found(const char *check, const char *form, const char *anchor, const char *text,
                         enum as_verdict *out_verdict, enum as_strength *out_strength)
{
    static char value[4096];
    const char *forms[] = {form, NULL};
    struct as_detector d = {.forms = forms};
    size_t len = strlen(text);
    char *exact =
        as_strdup(text); /* of just its size, so that a sanitizer sees what reads beyond */
    assert_non_null(exact);
    const char *at = anchor == NULL ? text : strstr(text, anchor);
    assert_non_null(at);
    size_t start = (size_t)(at - text);
    struct as_value v = {.text = (const uint8_t *)exact,
                         .text_len = len,
                         .start = start,
                         .end = anchor == NULL ? len : start + strlen(anchor),
                         .strength = AS_STRENGTH_PROOF,
                         .definition = &d};
    *out_verdict = as_check_find(check)->check(&v);
    *out_strength = v.strength;
    as_free(exact);
    if (*out_verdict == AS_REJECT) {
        return NULL;
    }
    memcpy(value, text + v.start, v.end - v.start);
    value[v.end - v.start] = '\0';
    return value;
}

static void tokens_stand_free(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *value; /* NULL: none */
    } cases[] = {
        {"tk_q7Wz3kPd", "tk_q7Wz3kPd"},
        {"=tk_q7Wz3kPd&", "tk_q7Wz3kPd"},
        {"\"\\ntk_q7Wz3kPd\"", "tk_q7Wz3kPd"},
        {"%3Dtk_q7Wz3kPd", "tk_q7Wz3kPd"},
        {"/tk_q7Wz3kPd.", "tk_q7Wz3kPd"},
        {"ntk_q7Wz3kPd", NULL},
        {"_tk_q7Wz3kPd", NULL},
        {"3Dtk_q7Wz3kPd", NULL},
        {"tk_q7Wz3kPdX", NULL},
        {"tk_q7Wz3kPd_", NULL},
        {"tk_q7Wz3kP", NULL},
        {"tk_q7Wz3k-d", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum as_verdict verdict;
        enum as_strength strength;
        const char *value =
            found("token", "tk_[A-Za-z0-9]{8}", "tk_", cases[i].text, &verdict, &strength);
        if (cases[i].value == NULL) {
            assert_null(value);
        } else {
            assert_non_null(value);
            assert_string_equal(value, cases[i].value);
            assert_int_equal(verdict, AS_ACCEPT);
        }
    }
}

static void anchors_may_stand_inside_of_a_form(void **state)
{
    (void)state;
    enum as_verdict verdict;
    enum as_strength strength;
    const char *form = "[0-9]{8,10}:AA[A-Za-z0-9_-]{6}";
    assert_string_equal(found("token", form, ":AA", "x 7612904835:AAqW3_zk!", &verdict, &strength),
                        "7612904835:AAqW3_zk");
    assert_string_equal(found("token", form, ":AA", "76129048:AAqW3_zk", &verdict, &strength),
                        "76129048:AAqW3_zk");
    assert_null(found("token", form, ":AA", "7612904:AAqW3_zk", &verdict, &strength));
    assert_null(found("token", form, ":AA", "67612904835:AAqW3_zk", &verdict, &strength));
    assert_null(found("token", form, ":AA", ":AAqW3_zk", &verdict, &strength));
    assert_string_equal(
        found("token", "key=([a-z0-9]{6});", "key=", "key=q7w3zk;", &verdict, &strength), "q7w3zk");
}

static void keys_behind_a_name_need_a_label_and_no_hash_beside_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool hit;
    } cases[] = {
        {"ACME_API_KEY=3f9a71c2d84be650", true},
        {"acme:\n  token: 3f9a71c2d84be650", true},
        {"{\"myAcme\": {\"key\": \"3f9a71c2d84be650\"}}", true},
        {"acme key=\\n3f9a71c2d84be650", true},
        {"acme key=%223f9a71c2d84be650", true},
        {"TRACME_API_KEY=3f9a71c2d84be650", false},
        {"acme: \"3f9a71c2d84be650\"", true},
        {"variable \"acme_token\" {\n  default = \"3f9a71c2d84be650\"", true},
        {"acme 3f9a71c2d84be650", false},
        {"acme ID=3f9a71c2d84be650", false},
        {"acme key sha256=3f9a71c2d84be650", false},
        {"acme token\n3f9a71c2d84be650", false},
        {"acme key=3f9a71c2d84be650.js", false},
        {"acme key=v1.3f9a71c2d84be650", false},
        {"acme key=3f9a71c2d84be65", false},
        {"acme key=3f9a71c2d84be6501", false},
        {"acme commit key 3f9a71c2d84be650", false},
        {"acme key=3f9a71c2d84be650-2", false},
        {"acme key=fabcdebadcfebade", false},
        {"acme\n\n\nkey=3f9a71c2d84be650", false},
        {"3f9a71c2d84be650 is the key of acme", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static const char *const names[] = {"acme", "Acme", "ACME"};
        enum as_verdict verdict = AS_REJECT;
        enum as_strength strength;
        for (size_t k = 0; k < 3 && verdict == AS_REJECT; k++) {
            if (strstr(cases[i].text, names[k]) != NULL) {
                (void)found("token_near", "[a-f0-9]{16}", names[k], cases[i].text, &verdict,
                            &strength);
            }
        }
        if ((verdict == AS_ACCEPT) != cases[i].hit) {
            fail_msg("%s", cases[i].text);
        }
    }
}

static void fillers_are_told_from_random_values(void **state)
{
    (void)state;
    static const char *const fillers[] = {
        "xxxxxxxxxxxxxxxx",      "1234567890abcdef",  "your-token-goes-here-12",
        "AKIAIOSFODNN7EXAMPLE",  "aaaaaaaabbbbbbbb",  "abcabcabcabcabcabc",
        "0000000000000000",      "REDACTED_BY_US_99", "deadbeefdeadbeefdeadbeefdeadbeef",
        "<replace-this-value-1>"};
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++) {
        if (!as_is_filler((const uint8_t *)fillers[i], strlen(fillers[i]))) {
            fail_msg("%s", fillers[i]);
        }
    }
    /* A linear congruential generator: the same values in each run. */
    uint64_t seed = 42;
    unsigned refused = 0;
    for (unsigned i = 0; i < 30000; i++) {
        uint8_t value[32];
        for (size_t k = 0; k < sizeof value; k++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            value[k] = (uint8_t) "0123456789abcdef"[seed >> 60];
        }
        refused += as_is_filler(value, sizeof value) ? 1 : 0;
    }
    assert_true(refused <= 1);
    assert_true(as_is_camel((const uint8_t *)"OAuth2TestsMixin", 16));
    assert_false(as_is_camel((const uint8_t *)"k8QwzT3xVb0pLm5R", 16));
    assert_true(as_is_wordy((const uint8_t *)"my-staging-token-goes", 21));
    assert_false(as_is_wordy((const uint8_t *)"my-staging-token-7oes", 21));
}

static void checksums_of_vendors_raise_what_is_proved(void **state)
{
    (void)state;
    static const struct {
        const char *check;
        const char *form;
        const char *anchor;
        const char *text;
        bool fits;
    } cases[] = {
        /* the identity of the age specification's own test vectors, and one symbol changed */
        {"token_bech32", "AGE-SECRET-KEY-1[0-9A-Z]{58}", "AGE-",
         "AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6", true},
        {"token_bech32", "AGE-SECRET-KEY-1[0-9A-Z]{58}", "AGE-",
         "AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F7", false},
        /* a test value of Grafana's own */
        {"token_crc_hex", "glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}", "glsa_",
         "glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G_fcaaf58a", true},
        {"token_crc_hex", "glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}", "glsa_",
         "glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G_fcaaf58b", false},
        {"token_crc62", "npm_[A-Za-z0-9]{36}", "npm_", "npm_dV5rJm2tQx8Kc0WyPz4hBn7GsLf3Ra1qhoIM",
         false},
        {"token_crc62", "npm_[A-Za-z0-9]{36}", "npm_", "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",
         true},
        {"token_crc36", "glpat-[A-Za-z0-9_-]{27}.01.[0-9a-z]{9}", "glpat-",
         "glpat-aF0kDQHBwtnOAmp48ddS880t0Dn.01.0r12pjagl", true},
        {"token_crc36", "glpat-[A-Za-z0-9_-]{27}.01.[0-9a-z]{9}", "glpat-",
         "glpat-aF0kDQHBwtnOAmp48ddS880t0Dn.01.0r12pjaga", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum as_verdict verdict;
        enum as_strength strength;
        assert_non_null(found(cases[i].check, cases[i].form, cases[i].anchor, cases[i].text,
                              &verdict, &strength));
        assert_int_equal(verdict, AS_ACCEPT);
        assert_int_equal(strength, cases[i].fits ? AS_STRENGTH_PROOF : AS_STRENGTH_STRUCTURE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_that_are_malformed_say_why),
        cmocka_unit_test(tokens_stand_free),
        cmocka_unit_test(anchors_may_stand_inside_of_a_form),
        cmocka_unit_test(keys_behind_a_name_need_a_label_and_no_hash_beside_it),
        cmocka_unit_test(fillers_are_told_from_random_values),
        cmocka_unit_test(checksums_of_vendors_raise_what_is_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
