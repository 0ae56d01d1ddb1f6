/* SPDX-License-Identifier: Apache-2.0
 * Generic secrets: what the parser takes for name, link and value in each syntax; what the rules
 * refuse; the scorer on pairs that differ in one thing; the places of protocols, tools and files;
 * password hashes. Every access within the window is proved on texts cut at every byte. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/secret.h"

/* The nominee is the first `stem` of the text, in any case. */
static struct as_value nominee(const char *text, const char *stem)
{
    const char *at = text;
    while (*at != '\0' && strncasecmp(at, stem, strlen(stem)) != 0) {
        at++;
    }
    assert_true(*at != '\0');
    return (struct as_value){.text = (const uint8_t *)text,
                             .text_len = strlen(text),
                             .start = (size_t)(at - text),
                             .end = (size_t)(at - text) + strlen(stem),
                             .strength = AS_STRENGTH_STRONG};
}

struct reading {
    const char *stem;
    const char *text;
    const char *value; /* NULL: no assignment */
    enum as_secret_link link;
};

static void check_reading(const struct reading *r)
{
    struct as_secret s;
    struct as_value v = nominee(r->text, r->stem);
    bool read = as_secret_parse(&v, &s);
    if (!read || r->value == NULL) {
        if (read != (r->value != NULL)) {
            fail_msg("%s: %s", r->text, read ? "a value was read" : "no value was read");
        }
        return;
    }
    size_t len = s.value_end - s.value_start;
    if (len != strlen(r->value) || memcmp(r->text + s.value_start, r->value, len) != 0 ||
        s.link != r->link) {
        fail_msg("%s: link %d, value %.*s", r->text, (int)s.link, (int)len,
                 r->text + s.value_start);
    }
}

static void assignments_of_every_syntax_are_read(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        {"pass", "password = \"abc1\"", "abc1", AS_LINK_ASSIGN},
        {"pass", "password := `abc1`", "abc1", AS_LINK_ASSIGN},
        {"pass", "val password: String = \"abc1\"", "abc1", AS_LINK_ASSIGN},
        {"pass", "$password ||= 'abc1';", "abc1", AS_LINK_ASSIGN},
        {"pass", "'password' => 'abc1',", "abc1", AS_LINK_ARROW},
        {"pass", "config[\"password\"] = \"abc1\"", "abc1", AS_LINK_ASSIGN},
        {"pass", "{\"password\":\"abc1\"}", "abc1", AS_LINK_COLON},
        {"pass", "\"{\\\"password\\\": \\\"abc1\\\"}\"", "abc1", AS_LINK_COLON},
        {"pass", "{&quot;password&quot;: &quot;abc1&quot;}", "abc1", AS_LINK_COLON},
        {"pass", "  password: abc1 # old", "abc1", AS_LINK_COLON},
        {"pass", "a.b.password=abc1\nnext=2", "abc1", AS_LINK_ASSIGN},
        {"pass", "PASSWORD=abc,cd", "abc", AS_LINK_ASSIGN},
        {"pass", "<password>abc1</password>", "abc1", AS_LINK_ELEMENT},
        {"pass", "<add key=\"password\" value=\"abc1\"/>", "abc1", AS_LINK_ATTRIBUTE},
        {"pass", "{\"name\": \"password\", \"value\": \"abc1\"}", "abc1", AS_LINK_ATTRIBUTE},
        {"pass", "- name: DB_PASSWORD\n  value: abc1\n", "abc1", AS_LINK_ATTRIBUTE},
        {"pass", "put(\"password\", \"abc1\");", "abc1", AS_LINK_ARGUMENT},
        {"pass", "setPassword(\"abc1\");", "abc1", AS_LINK_CALL},
        {"pass", "password = Some(\"abc1\")", "abc1", AS_LINK_ASSIGN},
        {"pass", "password = process.env.PW || \"abc1\"", "abc1", AS_LINK_ASSIGN},
        {"pass", "assert password == \"abc1\"", "abc1", AS_LINK_COMPARE},
        {"pass", "run --password abc1 --x", "abc1", AS_LINK_FLAG},
        {"pass", "the password is 'abc1'", "abc1", AS_LINK_BLANK},
        {"pass", "machine m login u password abc1\n", "abc1", AS_LINK_BLANK},
        {"identified by", "create user u identified by 'abc1'", "abc1", AS_LINK_BLANK},
        {"token", "http://h/p?token=abc1&x=2", "abc1", AS_LINK_ASSIGN},
        {"auth", "Authorization: token abc1", "abc1", AS_LINK_COLON},
        {"cred", "new Credential(\"user\", \"abc1\")", "abc1", AS_LINK_CALL},
        {"pass", "echo \"password = \" + x + \"abc1\"", NULL, AS_LINK_NONE},
        {"pass", "password", NULL, AS_LINK_NONE},
        {"pass", "password, name", NULL, AS_LINK_NONE},
        {"pass", "password = ", NULL, AS_LINK_NONE},
        {"pass", "getPassword()", NULL, AS_LINK_NONE},
        {"pass", "the password combination of", NULL, AS_LINK_NONE},
        {"pass", "pass_token = \"abc1\"", NULL, AS_LINK_NONE}, /* the later stem reads it */
        {"auth", "Authorization: Bearer abc1", NULL, AS_LINK_NONE},
    };
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        check_reading(&readings[i]);
    }
}

static enum as_verdict verdict_of(const char *check, const char *stem, const char *text,
                                  struct as_value *out)
{
    *out = nominee(text, stem);
    return as_check_find(check)->check(out);
}

static void what_is_no_value_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum as_verdict verdict;
    } rules[] = {{"k3cjzq6lmg0yk0d", AS_ACCEPT}, {"${DB_PASSWORD}", AS_REJECT},
                 {"$DB_PASSWORD", AS_REJECT},    {"%DB_PASSWORD%", AS_REJECT},
                 {"{{ password }}", AS_REJECT},  {"%s", AS_REJECT},
                 {"#{password}", AS_REJECT},     {"https://h/x", AS_REJECT},
                 {"undefined", AS_REJECT},       {"********", AS_PLACEHOLDER},
                 {"xxxxxxxx", AS_PLACEHOLDER},   {"<password>", AS_PLACEHOLDER},
                 {"changeme", AS_PLACEHOLDER},   {"12345678", AS_PLACEHOLDER},
                 {"__SECRET__", AS_PLACEHOLDER}, {"your_password", AS_PLACEHOLDER}};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        char text[128];
        struct as_value v;
        snprintf(text, sizeof text, "db_password = \"%s\"\n", rules[i].value);
        if (verdict_of("secret", "pass", text, &v) != rules[i].verdict) {
            fail_msg("%s", text);
        }
    }
}

static void other_uses_of_the_words_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *stem;
        const char *text;
        bool refused;
    } cases[] = {
        {"key", "{\"id\":1,\"primary_key\": 60420177}", true},
        {"key", "{\"item_key\": 60420177}", true},
        {"token", "{\"token\": 60420177}", false},
        {"key", "\"primaryKey\": \"k3cjzq6lmg0yk0d\"", true},
        {"key", "\"primaryKey\": \"9bE4zq6lmg0yk0dk3cjzq6lmg0yk0dWQ\"", false},
        {"key", "foreign_key: \"k3cjzq6lmg0yk0d\"", true},
        {"key", "sort_key = \"k3cjzq6lmg0yk0d\"", true},
        {"key", "partitionKey = \"k3cjzq6lmg0yk0d\"", true},
        {"key", "cache_key = \"k3cjzq6lmg0yk0d\"", true},
        {"key", "api_key = \"k3cjzq6lmg0yk0d\"", false},
        {"key", "gpg --recv-keys 810DC8038872E212", true},
        {"ticket", "\n Ticket 810dc8038872e212\n", true},
        {"ticket", "ticket = \"810dc8038872e212\"", false},
        {"cred", " Credit: kx77-qz9w\n", true},
        {"token", "Token: \"#f8f8f2\"", true},
        {"key", "#define A_KEY_CONST \"\\x73\\x65\"", true},
        {"pass", "PASS: addr2line\n", true},
        {"pass", "PASS: Dwarf5 sections\n", true},
        {"pass", "pass: k3cjzq6l\n", false},
        {"pass", "PASS=k3cjzq6l\n", false},
        {"pass", "Passes TEST-10 now", true},
        {"pass", "Don't pass \"-Zbzip2 -z9\" to it", true},
        {"pass", "user svc pass \"k3cjzq6l\"", false},
        {"pass", "the --user and --password options", true},
        {"pass", "use --password respectively.", true},
        {"pass", "login --password k3cjzq6l", false},
        {"identified by", "is identified by constants", true},
        {"identified by", "CREATE USER a IDENTIFIED BY k3cjzq6l", false},
        {"pass", "kpasswd 464/tcp # Kerberos", true},
        {"pass", "DUMMY_FUNCTION_PASS(\"sjljehprepare\", a)", true},
        {"pass", "\"operation\": \"GetPasswordData\",\n\"argument\": \"Id\"", true},
        {"pass", "put(\"password\", \"k3cjzq6l\")", false},
        {"pass", "\"reset_password\": \"Restablecer contrase\\u00f1a\"", true},
        {"pass", "\"new_password\": \"k3cjzq6l\"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct as_secret s;
        struct as_value v = nominee(cases[i].text, cases[i].stem);
        bool refused = !as_secret_parse_any(&v, &s) || as_secret_is_other_use(&v, &s);
        if (refused != cases[i].refused) {
            fail_msg("%s", cases[i].text);
        }
    }
}

static int score_of(const char *stem, const char *text)
{
    struct as_secret s;
    struct as_value v = nominee(text, stem);
    assert_true(as_secret_parse(&v, &s));
    return as_secret_score(&v, &s);
}

/* Pairs of which the first must weigh more: the scorer's sense of direction, whatever its weights.
 */
static void the_scorer_tells_pairs_apart(void **state)
{
    (void)state;
    static const char *const pairs[][3] = {
        {"pass", "password = \"xk4-qz9wLt\"", "password = \"password\""},
        {"pass", "password = \"Summer2024!\"", "password = \"admin\""},
        {"pass", "db_password: qx7zkrt4", "password_policy: strict"},
        {"key", "api_key = \"951bc382db9abad29c68634761dd6e19\"", "sort_key = \"relative-time\""},
        {"token", "access_token: \"dfbf764205f36820c734\"", "token_type: \"bearer\""},
        {"secret", "client_secret='0902ee6461832d86'", "secretName='my-app-secret'"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        int more = score_of(pairs[i][0], pairs[i][1]);
        int less = score_of(pairs[i][0], pairs[i][2]);
        if (more <= 0 || less >= 0) {
            fail_msg("%s: %d, %s: %d", pairs[i][1], more, pairs[i][2], less);
        }
    }
}

static void strength_follows_the_score(void **state)
{
    (void)state;
    struct as_value v;
    assert_int_equal(verdict_of("secret", "pass", "password = \"xk4-qz9wLt\"", &v), AS_ACCEPT);
    assert_int_equal(v.strength, AS_STRENGTH_STRONG);
    assert_int_equal(verdict_of("secret", "key", "keyName: \"primary\"", &v), AS_REJECT);
}

static void places_of_protocols_and_tools_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *check;
        const char *stem;
        const char *text;
        const char *value; /* NULL: refused */
    } places[] = {
        {"bearer", "Bearer ", "Bearer 508bfc06b09441cdd58d6a9f8b5da5",
         "508bfc06b09441cdd58d6a9f8b5da5"},
        {"bearer", "Bearer ", "Bearer authentication", NULL},
        {"bearer", "Bearer ", "Bearer {token}", NULL},
        {"url_credentials", "://", "amqp://worker:zT8-qkx41w@mq1:5672/", "worker:zT8-qkx41w"},
        {"url_credentials", "://", "redis://:gqrwg7vza@127.0.0.1", "gqrwg7vza"},
        {"url_credentials", "://", "https://h:8443/a@b", NULL},
        {"url_credentials", "://", "ssh://git@h/a:b@c", NULL},
        {"secret", "curl ", "curl -k -u \"svc:r4tzq9wkx2\" https://h", "r4tzq9wkx2"},
        {"secret", "curl ", "curl https://h -o u:x", NULL},
        {"secret", "mysql ", "mysql -u root -pzT8qkx41w crm", "zT8qkx41w"},
        {"secret", "mysql ", "mysql -u root -p crm", NULL},
        {"secret", ":5432:", "db.example.org:5432:crm:app:xW9rtq4Lz", "xW9rtq4Lz"},
        {"secret", ":5432:", "listen on a b:5432:crm:app:xW9rtq4Lz", NULL}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct as_value v;
        bool found = verdict_of(places[i].check, places[i].stem, places[i].text, &v) == AS_ACCEPT;
        size_t len = found ? v.end - v.start : 0;
        if (found != (places[i].value != NULL) ||
            (found && (len != strlen(places[i].value) ||
                       memcmp(v.text + v.start, places[i].value, len) != 0))) {
            fail_msg("%s", places[i].text);
        }
    }
}

static void hashes_need_their_whole_form(void **state)
{
    (void)state;
    static const char sha[] = "$5$8pFTUnUr.HhP3O52$Fl1S4nX1p0PONBIcG7PN5jTQAtulYNz6ycSmTUMPBQ4";
    char text[256];
    struct as_value v;
    snprintf(text, sizeof text, "root:%s:1:", sha);
    assert_int_equal(verdict_of("password_hash", "$5$", text, &v), AS_ACCEPT);
    assert_int_equal(v.end - v.start, strlen(sha));
    snprintf(text, sizeof text, "root:%.40s:1:", sha);
    assert_int_equal(verdict_of("password_hash", "$5$", text, &v), AS_REJECT);
    assert_int_equal(verdict_of("password_hash", "$6$", "$6$salt$hash", &v), AS_REJECT);
    assert_int_equal(verdict_of("password_hash", "{SSHA}", "{SSHA}short", &v), AS_REJECT);
    snprintf(text, sizeof text, "$2a$10$%053d", 0);
    assert_int_equal(verdict_of("password_hash", "$2a$", text, &v), AS_PLACEHOLDER);
}

/* Each text ends at every byte, in memory of exactly that size: a step too far is the sanitizers'.
 */
static void cut_texts_are_read_within_their_bounds(void **state)
{
    (void)state;
    static const char *const texts[][3] = {
        {"secret", "pass", "x = {\"password\": \"a\\\"b\", 'k': process.env.X || \"abc1\"}\n"},
        {"secret", "pass", "<add key=\"password\" value=&quot;abc1&quot; />"},
        {"secret", "token", "  token: String =\n   `abc1\nabc2`"},
        {"secret", "auth", "Authorization: token abc1, x"},
        {"secret", "curl ", "curl -u 'a:b1c2' --user x"},
        {"secret", ":5432:", "h:5432:d\\:b:u:p1q2"},
        {"bearer", "Bearer ", "Bearer    abc123.def=="},
        {"url_credentials", "://", "a+b://u:p:w@1@[::1]/"},
        {"password_hash", "$argon2id$",
         "$argon2id$v=19$m=65536,t=3,p=4$c2Fs$Rk9mQ2pTcXJ5d0xWb1dhZ"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t len = strlen(texts[i][2]);
        struct as_value whole = nominee(texts[i][2], texts[i][1]);
        for (size_t end = whole.end; end <= len; end++) {
            uint8_t *copy = test_malloc(end);
            memcpy(copy, texts[i][2], end);
            struct as_value v = whole;
            v.text = copy;
            v.text_len = end;
            if (as_check_find(texts[i][0])->check(&v) != AS_REJECT) {
                assert_true(v.start < v.end && v.end <= end);
            }
            test_free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(assignments_of_every_syntax_are_read),
                                       cmocka_unit_test(what_is_no_value_is_refused),
                                       cmocka_unit_test(other_uses_of_the_words_are_refused),
                                       cmocka_unit_test(the_scorer_tells_pairs_apart),
                                       cmocka_unit_test(strength_follows_the_score),
                                       cmocka_unit_test(places_of_protocols_and_tools_are_read),
                                       cmocka_unit_test(hashes_need_their_whole_form),
                                       cmocka_unit_test(cut_texts_are_read_within_their_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
