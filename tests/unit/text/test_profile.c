/* SPDX-License-Identifier: Apache-2.0
 * What as_text_profile makes of beginnings of texts: charsets, kinds, headers; what must stay plain
 * or binary first. */
#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "text/profile.h"

static struct as_text *profile(const void *bytes, size_t len, bool whole, const char *name,
                               enum as_text_verdict *verdict)
{
    struct as_text *text = NULL;
    assert_int_equal(
        as_text_profile(as_slice(bytes, len), whole, as_slice_of(name), verdict, &text), AS_OK);
    assert_true((text != NULL) == (*verdict == AS_VERDICT_TEXT));
    return text;
}

struct encoding_case {
    const char *what;
    const char *bytes;
    size_t len;
    enum as_text_verdict verdict;
    enum as_charset charset;
    unsigned bom;
};
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct encoding_case encoding_cases[] = {
    {"zeros", BYTES("\0\0\0\0\0\0\0\0"), AS_VERDICT_BINARY, AS_CHARSET_UTF8, 0},
    {"one zero", BYTES("\0"), AS_VERDICT_BINARY, AS_CHARSET_UTF8, 0},
    {"small integers", BYTES("\1\0\2\0\3\0\4\0\5\0\6\0\7\0"), AS_VERDICT_BINARY, AS_CHARSET_UTF8,
     0},
    {"MPEG frame", BYTES("\xff\xfe\x90\x04\x01\xd8\x02\xdc\x05\xd8\x03\xdc\x07\x00\x01\x00"),
     AS_VERDICT_BINARY, AS_CHARSET_UTF8, 0},
    {"UTF-32LE mark", BYTES("\xff\xfe\0\0a\0\0\0b\0\0\0"), AS_VERDICT_UNKNOWN_ENCODING,
     AS_CHARSET_UTF8, 0},
    {"UTF-32BE mark", BYTES("\0\0\xfe\xff\0\0\0a\0\0\0b"), AS_VERDICT_UNKNOWN_ENCODING,
     AS_CHARSET_UTF8, 0},
    {"UTF-32LE", BYTES("a\0\0\0b\0\0\0c\0\0\0"), AS_VERDICT_UNKNOWN_ENCODING, AS_CHARSET_UTF8, 0},
    {"EBCDIC", BYTES("\xc8\x85\x93\x93\x96\x40\xe6\x96\x99\x93\x84\x40\xf1\xf2\xf3\xf4\x25"),
     AS_VERDICT_UNKNOWN_ENCODING, AS_CHARSET_UTF8, 0},
    {"windows-1251", BYTES("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0!\n"), AS_VERDICT_TEXT,
     AS_CHARSET_UTF8, 0},
    {"ISO-2022-JP", BYTES("name \x1b$B$3$s\x1b(B\n"), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"ASCII behind a mark of UTF-16", BYTES("\xff\xfename,ssn\n"), AS_VERDICT_TEXT, AS_CHARSET_UTF8,
     2},
    {"UTF-16BE ideographs", BYTES("\xfe\xff\x4e\x2d\x65\x87\x5b\x57\x7b\x26\0\n"), AS_VERDICT_TEXT,
     AS_CHARSET_UTF16BE, 2},
    {"empty", BYTES(""), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"ASCII", BYTES("hello\n"), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"UTF-8",
     BYTES("Gr\xc3\xbc\xc3\x9f"
           "e\n"),
     AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"UTF-8 mark", BYTES("\xef\xbb\xbfid\n"), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 3},
    {"UTF-8 mark alone", BYTES("\xef\xbb\xbf"), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 3},
    {"UTF-8 cut", BYTES("Gr\xc3\xbc\xc3"), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"UTF-8 damaged", BYTES("\xc3\xbc\xc3\xb6\xc3\xa4 \xff ok, and a lot of other text\n"),
     AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"FIX",
     BYTES("8=FIX.4.2\1"
           "9=178\1"
           "35=8\1"
           "49=PHLX\1"),
     AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"colours", BYTES("\x1b[31mred\x1b[0m\n"), AS_VERDICT_TEXT, AS_CHARSET_UTF8, 0},
    {"few NULs", BYTES("a list of names that is made for xargs\0and the next\n"), AS_VERDICT_TEXT,
     AS_CHARSET_UTF8, 0},
    {"Latin-1",
     BYTES("Stra\xdf"
           "e 5, M\xfcnchen\n"),
     AS_VERDICT_TEXT, AS_CHARSET_LATIN1, 0},
    {"windows-1252", BYTES("It\x92s 5 \x80 in all, is it not\n"), AS_VERDICT_TEXT,
     AS_CHARSET_LATIN1, 0},
    {"Shift JIS", BYTES("\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd abc\n"), AS_VERDICT_TEXT,
     AS_CHARSET_UTF8, 0},
    {"UTF-16LE mark",
     BYTES("\xff\xfe"
           "a\0\n\0"),
     AS_VERDICT_TEXT, AS_CHARSET_UTF16LE, 2},
    {"UTF-16BE mark", BYTES("\xfe\xff\0a\0\n"), AS_VERDICT_TEXT, AS_CHARSET_UTF16BE, 2},
    {"UTF-16LE mark alone", BYTES("\xff\xfe"), AS_VERDICT_TEXT, AS_CHARSET_UTF16LE, 2},
    {"UTF-16LE", BYTES("i\0d\0,\0n\0"), AS_VERDICT_TEXT, AS_CHARSET_UTF16LE, 0},
    {"UTF-16BE", BYTES("\0i\0d\0,\0n"), AS_VERDICT_TEXT, AS_CHARSET_UTF16BE, 0},
    {"UTF-16LE, odd", BYTES("i\0d\0,\0n\0x"), AS_VERDICT_TEXT, AS_CHARSET_UTF16LE, 0},
    {"UTF-16LE Cyrillic",
     BYTES("\x1f\x04@\x04"
           "8\x04 \0<\x04"
           "8\x04\n\0"),
     AS_VERDICT_TEXT, AS_CHARSET_UTF16LE, 0},
};

/** Of those, the ones that are read for their ASCII only. */
static bool is_foreign(const char *what)
{
    static const char *const foreign[] = {"windows-1251", "ISO-2022-JP", "Shift JIS"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(foreign); i++) {
        if (strcmp(what, foreign[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void encodings_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(encoding_cases); i++) {
        const struct encoding_case *c = &encoding_cases[i];
        enum as_text_verdict verdict;
        struct as_text *text = profile(c->bytes, c->len, true, "x", &verdict);
        if (verdict != c->verdict ||
            (text != NULL && (text->charset != c->charset || text->bom_bytes != c->bom ||
                              text->foreign != is_foreign(c->what)))) {
            fail_msg("%s: verdict %d", c->what, (int)verdict);
        }
        as_text_unref(text);
    }
}

struct kind_case {
    const char *text;
    const char *name;
    enum as_text_kind kind;
    char delimiter;
    bool header;
    uint32_t columns;
};

static const struct kind_case kind_cases[] = {
    /* Plain, however much they look like something else. */
    {"", "a.csv.txt", AS_TEXT_PLAIN, 0, false, 0},
    {"Dear John,\nthank you, and 5 apples\n", "", AS_TEXT_PLAIN, 0, false, 0},
    {"Hello, world\nI have cats, dogs\nthey sleep, I work\n", "", AS_TEXT_PLAIN, 0, false, 0},
    {"2024-01-15 10:23:45,123 INFO start\n2024-01-15 10:23:45,456 INFO stop\n"
     "2024-01-15 10:23:46,001 WARN slow\n",
     "app.log", AS_TEXT_PLAIN, 0, false, 0},
    {"2024-01-15 10:23:45,123 INFO a, b\n2024-01-15 10:23:45,456 INFO c, d\n"
     "2024-01-15 10:23:46,001 WARN e, f\n",
     "app.log", AS_TEXT_PLAIN, 0, false, 0},
    {"int a = 1;\nint b = 2;\nint c = 3;\n", "a.c", AS_TEXT_PLAIN, 0, false, 0},
    {"\tfoo 12\n\tbar 13\n\tbaz 14\n", "Makefile", AS_TEXT_PLAIN, 0, false, 0},
    {"    0x12, 0x13, 0x14,\n    0x22, 0x23, 0x24,\n    0x32, 0x33, 0x34,\n", "t.h", AS_TEXT_PLAIN,
     0, false, 0},
    {"| name | age |\n|------|-----|\n| Ann | 34 |\n| Bob | 31 |\n", "t.md", AS_TEXT_PLAIN, 0,
     false, 0},
    {"INSERT INTO t VALUES (1, 2, 'a');\nINSERT INTO t VALUES (2, 3, 'b');\n"
     "INSERT INTO t VALUES (3, 4, 'c');\n",
     "dump.sql", AS_TEXT_PLAIN, 0, false, 0},
    {"[INFO] start\n[INFO] stop\n", "", AS_TEXT_PLAIN, 0, false, 0},
    {"[2024-01-15 10:23:45] start\n[2024-01-15 10:23:46] stop\n", "", AS_TEXT_PLAIN, 0, false, 0},
    {"{\"a\":1,}\n", "a.json", AS_TEXT_PLAIN, 0, false, 0},
    {"{\"a\":", "a.json", AS_TEXT_PLAIN, 0, false, 0},
    {"1\n2\n3\n", "numbers.json", AS_TEXT_PLAIN, 0, false, 0},
    /* JSON. */
    {"{}", "", AS_TEXT_JSON, 0, false, 0},
    {" [1, 2.5e-3, \"a\\u00e9\", true, null, NaN]\n", "", AS_TEXT_JSON, 0, false, 0},
    {"{\n  \"a\": [\n    {}\n  ]\n}\n", "", AS_TEXT_JSON, 0, false, 0},
    {"{\n\"a\": 1\n}\n{\n\"a\": 2\n}\n", "", AS_TEXT_JSON, 0, false, 0},
    {"{\"a\":1}\n", "a.json", AS_TEXT_JSON, 0, false, 0},
    {"[\n{\"a\":1},\n{\"a\":2}\n]\n", "", AS_TEXT_JSON, 0, false, 0},
    /* JSON Lines. */
    {"{\"a\":1}\n{\"a\":2}\n", "", AS_TEXT_JSON_LINES, 0, false, 0},
    {"{\"a\":1}\r\n\r\n{\"a\":2}", "x.json", AS_TEXT_JSON_LINES, 0, false, 0},
    {"{\"a\":1}\n", "a.JSONL", AS_TEXT_JSON_LINES, 0, false, 0},
    {"{\"a\":1}\n{\"a\":2}\n{\"a\":\n", "a.ndjson", AS_TEXT_JSON_LINES, 0, false, 0},
    {"[1]\n[2]\n[3]\n", "", AS_TEXT_JSON_LINES, 0, false, 0},
    /* Delimited. */
    {"name,ssn\nAnn,123-45-6789\nBob,987-65-4321\n", "", AS_TEXT_DELIMITED, ',', true, 2},
    {"id;amount\n1;1,50\n2;2,75\n", "", AS_TEXT_DELIMITED, ';', true, 2},
    {"id\tmail\n1\tann@example.com\n2\tbob@example.com\n", "", AS_TEXT_DELIMITED, '\t', true, 2},
    {"id|born|city\r\n1|1970-01-02|Rome\r\n2|1981-03-04|Bonn\r\n", "", AS_TEXT_DELIMITED, '|', true,
     3},
    {"1,Ann,Rome\n2,Bob,Bonn\n3,Eve,Oslo\n", "part-00000", AS_TEXT_DELIMITED, ',', false, 3},
    {"\"a, b\",\"n\"\n\"x, y\",5\n\"v, w\",6\n", "", AS_TEXT_DELIMITED, ',', true, 2},
    {"id,name,from,until\n1,Ann,2020-01-02\n2,Bob,2020-01-03\n3,Eve,2020-01-04,2021-01-01\n", "",
     AS_TEXT_DELIMITED, ',', true, 4},
    {"1,Ann,Rome,\n2,Bob,Bonn,\n3,Eve,Oslo,\n", "part-00001", AS_TEXT_DELIMITED, ',', false, 4},
    {"name,city\nAnn,Rome\nBob,Bonn\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    {"Ann,Rome\nBob,Bonn\nAnn,Oslo\n", "x.csv", AS_TEXT_DELIMITED, ',', false, 2},
    {"a,b,c", "x.CSV", AS_TEXT_DELIMITED, ',', false, 3},
    {"ssn\n123-45-6789\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 1},
    {"a b\n1 2\n", "x.tsv", AS_TEXT_DELIMITED, '\t', true, 1},
    {"a,b\nc,5", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    /* One odd cell in the header. */
    {",name,ssn\n0,Bob,212-09-5823\n1,Ann,536-22-1867\n", "", AS_TEXT_DELIMITED, ',', true, 3},
    {"name,ssn,active?\nBob,212-09-5823,yes\nAnn,536-22-1867,no\n", "", AS_TEXT_DELIMITED, ',',
     true, 3},
    {"#,name,ssn\n1,Bob,212-09-5823\n2,Ann,536-22-1867\n", "", AS_TEXT_DELIMITED, ',', true, 3},
    {"#,name,ssn\n1,Bob,212-09-5823\n2,Ann,536-22-1867\n", "x.csv", AS_TEXT_DELIMITED, ',', true,
     3},
    {"No.,name,ssn\n1,Bob,212-09-5823\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 3},
    {"name,ssn,%\nBob,212-09-5823,5\nAnn,536-22-1867,7\n", "", AS_TEXT_DELIMITED, ',', true, 3},
    {"name,ssn,2022,2023\nBob,212-09-5823,1200,1300\nAnn,536-22-1867,90,80\n", "",
     AS_TEXT_DELIMITED, ',', true, 4},
    {"ssn,note:\n212-09-5823,a\n536-22-1867,b\n", "", AS_TEXT_DELIMITED, ',', true, 2},
    {"name,ssn,100%\nBob,212-09-5823,50%\nAnn,536-22-1867,60%\n", "", AS_TEXT_DELIMITED, ',', true,
     3},
    {"ssn,Q1. How are you?,Q2. Why is that?\n212-09-5823,well,no\n536-22-1867,ill,yes\n", "",
     AS_TEXT_DELIMITED, ',', true, 3},
    {"name,ssn,2024-01-31\nBob,212-09-5823,5\nAnn,536-22-1867,6\n", "", AS_TEXT_DELIMITED, ',',
     true, 3},
    {"name,ssn,what you would like to tell us about the service and the people you met there, and "
     "then why\nBob,212-09-5823,x,y\nAnn,536-22-1867,y,z\n",
     "", AS_TEXT_DELIMITED, ',', true, 4},
    {"name,ssn,what you would like to tell us about the service and the people you met there and "
     "then why it was so\nBob,212-09-5823,x\nAnn,536-22-1867,y\n",
     "", AS_TEXT_DELIMITED, ',', true, 3},
    {"note,note,ssn\na,b,212-09-5823\nc,d,536-22-1867\n", "", AS_TEXT_DELIMITED, ',', true, 3},
    {"ssn:\n212-09-5823\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 1},
    {"ssn?,born?\n212-09-5823,1990-01-02\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    {"212-09-5823\n536-22-1867\n", "x.csv", AS_TEXT_DELIMITED, ',', false, 1},
    {"name,city?\nAnn,Rome\nBob,Bonn\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    {"Ann,Rome,5\nBob,Bonn,6\nEve,Oslo,7\n", "x.csv", AS_TEXT_DELIMITED, ',', false, 3},
    {"Ann,n/a,5\nBob,212-09-5823,6\nEve,536-22-1867,7\n", "x.csv", AS_TEXT_DELIMITED, ',', false,
     3},
    /* Trailing delimiters, quotes behind blanks, empty cells, letters that are not ASCII. */
    {"name,ssn,\nBob,212-09-5823,\nAnn,536-22-1867,\n", "", AS_TEXT_DELIMITED, ',', true, 3},
    {"name,ssn\nBob,212-09-5823,\nAnn,536-22-1867,\n", "", AS_TEXT_DELIMITED, ',', true, 3},
    {"name;ssn;\nBob;212-09-5823;\nAnn;536-22-1867;\n", "", AS_TEXT_DELIMITED, ';', true, 3},
    {"\"id\", \"name\", \"ssn\"\n\"1\", \"Bob\", \"212-09-5823\"\n", "", AS_TEXT_DELIMITED, ',',
     true, 3},
    {"ssn,name,city\n,Bob,Rome\n,Ann,Rome\n536-22-1867,Jo,Rome\n", "", AS_TEXT_DELIMITED, ',', true,
     3},
    {"n\xc3\xa9v,taj\n\xc3\x81gnes,212\xe2\x80\x91"
     "09\xe2\x80\x91"
     "5823\n\xc3\x96"
     "d,\xe2\x82\xac\xc2\xa0"
     "5\n",
     "", AS_TEXT_DELIMITED, ',', true, 2},
    /* Lines above the header: row 1 holds names where those lines hold nothing. */
    {"\nname,ssn\nBob,212-09-5823\nAnn,536-22-1867\n", "", AS_TEXT_DELIMITED, ',', true, 2},
    {"sep=;\r\nname;ssn\r\nBob;212-09-5823\r\n", "", AS_TEXT_DELIMITED, ';', true, 2},
    {"\"sep=|\"\nname|city\nBob|Rome, old\n", "", AS_TEXT_DELIMITED, '|', true, 2},
    {"# exported\nname,ssn\nBob,212-09-5823\n", "", AS_TEXT_DELIMITED, ',', true, 2},
    {"# exported by Ann, 5 rows\n\nname,ssn\nBob,212-09-5823\n", "x.csv", AS_TEXT_DELIMITED, ',',
     true, 2},
    {"Staff\nMarch 2024\n\nname,ssn\nBob,212-09-5823\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    {"Staff,,,\nMarch 2024,,,\n,,,\nname,ssn,city,born\nBob,212-09-5823,Rome,1970-01-02\n", "x.csv",
     AS_TEXT_DELIMITED, ',', true, 4},
    {"\"Staff of Rome, Italy\"\nBy:,Ann\nOn:,2024-01-02\n\nid;name;ssn\n1;Bob;212-09-5823\n", "",
     AS_TEXT_DELIMITED, ';', true, 3},
    {"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nname,ssn\nBob,212-09-5823\nAnn,536-22-1867\n", "",
     AS_TEXT_DELIMITED, ',', true, 2},
    /* Numbers that count on are names, numbers that do not are values. */
    {"name,ssn,1,2,3,4,5,6\nBob,212-09-5823,9,8,7,6,5,4\nAnn,536-22-1867,3,3,2,2,1,1\n", "",
     AS_TEXT_DELIMITED, ',', true, 8},
    {"name,2019,2020,2021,2022,2023\nBob,4,5,6,7,8\nAnn,1,2,3,4,9\n", "x.csv", AS_TEXT_DELIMITED,
     ',', true, 6},
    {"Ann,1,2,3\nBob,4,5,6\nEve,7,8,9\n", "", AS_TEXT_DELIMITED, ',', false, 4},
    /* A word over numbers makes a header, however many of its other cells look like values. */
    {"name,ssn,A01,A02,A03\nBob,212-09-5823,3,4,5\nAnn,536-22-1867,1,2,3\nEve,536-22-8726,5,6,7\n",
     "x.csv", AS_TEXT_DELIMITED, ',', true, 5},
    {"name,ssn,A01,A02,A03\nBob,212-09-5823,3,4,5\nAnn,536-22-1867,1,2,3\nEve,536-22-8726,5,6,7\n",
     "", AS_TEXT_DELIMITED, ',', true, 5},
    {"q10,q11,ssn\n3,4,212-09-5823\n1,2,536-22-1867\n5,6,536-22-8726\n", "x.csv", AS_TEXT_DELIMITED,
     ',', true, 3},
    {"w100,w200,w300,ssn\n3,4,5,212-09-5823\n1,2,3,536-22-1867\n5,6,7,536-22-8726\n", "x.csv",
     AS_TEXT_DELIMITED, ',', true, 4},
    {"name,ssn,Q1 2023,Q2 2023,Q3 "
     "2023\nBob,212-09-5823,$3,-4,5\nAnn,536-22-1867,1,(2),3\nEve,536-22-8726,5,6,\n",
     "x.csv", AS_TEXT_DELIMITED, ',', true, 5},
    {"employee,ssn,2023-01-31,2023-02-28\nBob,212-09-5823,3,4\nAnn,536-22-1867,1,2\nEve,536-22-"
     "8726,5,6\n",
     "x.csv", AS_TEXT_DELIMITED, ',', true, 4},
    {"age,V1,V2,V3,V4,V5,V6,V7,V8,V9,V10,V11,V12,V13,V14,V15,V16,V17,V18,V19,V20,V21,V22,V23,V24,"
     "V25,V26,V27,V28,card\n34,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,"
     "1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,4111111111111111\n51,1.5,1.5,1.5,1.5,1.5,1.5,1.5,"
     "1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,"
     "4111111111111111\n29,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,"
     "1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,4111111111111111\n",
     "x.csv", AS_TEXT_DELIMITED, ',', true, 30},
    {"id,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10,q11,q12,q13,q14,q15,q16,q17,q18,q19,q20,q21,q22,q23,q24,"
     "ssn\n1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,212-09-5823\n2,1,1,1,1,1,1,1,1,1,1,1,"
     "1,1,1,1,1,1,1,1,1,1,1,1,1,536-22-1867\n3,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,536-"
     "22-8726\n",
     "x.csv", AS_TEXT_DELIMITED, ',', true, 26},
    /* No header: data like the rows below, a word that stands for a value or comes again, two
     * values, values of which too few are numbers, addresses. */
    {"Bob,536-22-8726,3\nBob,536-22-8726,3\nBob,536-22-8726,3\nBob,536-22-8726,3\nBob,536-22-8726,"
     "3\n",
     "x.csv", AS_TEXT_DELIMITED, ',', false, 3},
    {"Bob,536-22-8726,3\nAnn,212-09-5823,3\nEve,536-22-1867,4\nJo,212-09-5823,5\n", "x.csv",
     AS_TEXT_DELIMITED, ',', false, 3},
    {"none,536-22-8726,3,4\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\n", "x.csv",
     AS_TEXT_DELIMITED, ',', false, 4},
    {"Yes,536-22-8726,3,4\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\n", "x.csv",
     AS_TEXT_DELIMITED, ',', false, 4},
    {"female,536-22-8726,3,4\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\n", "x.csv",
     AS_TEXT_DELIMITED, ',', false, 4},
    {"x,536-22-8726,3,4\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\n", "x.csv",
     AS_TEXT_DELIMITED, ',', false, 4},
    {"absentee,536-22-8726,3,4\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\n5,212-09-"
     "5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-"
     "09-5823,5,7\n5,212-09-5823,3,5\n6,536-22-1867,4,6\n7,212-09-5823,5,7\nabsentee,212-09-5823,3,"
     "4\n",
     "x.csv", AS_TEXT_DELIMITED, ',', false, 4},
    {"Flat,536-22-8726,3,4\n5,212-09-5823,3,5\n6,536-22-1867,4,6\nLoft,212-09-5823,5,7\n8,212-09-"
     "5823,6,8\n",
     "x.csv", AS_TEXT_DELIMITED, ',', false, 4},
    {"Upper Castle,536-22-8726,3,4\n1200 A St,212-09-5823,3,5\n12 Elm Road,536-22-1867,4,6\n13 Elm "
     "Road,212-09-5823,5,7\n",
     "x.csv", AS_TEXT_DELIMITED, ',', false, 4},
    /* A quote that is never closed is none, and takes nothing. */
    {"id,name,ssn\n1,\"Bob,212-09-5823\n2,Ann,536-22-1867\n3,Eve,536-22-1868\n4,Jo,536-22-1869\n",
     "", AS_TEXT_DELIMITED, ',', true, 3},
    {"\"id,name,ssn\n1,Bob,212-09-5823\n2,Ann,536-22-1867\n3,Eve,536-22-1868\n4,Jo,536-22-1869\n",
     "", AS_TEXT_DELIMITED, ',', true, 3},
    {"remark\nwell, then\nyes, so\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    {"Staff\nname,ssn\nBob,212-09-5823\nAnn,536-22-1867\n", "x.csv", AS_TEXT_DELIMITED, ',', true,
     2},
    {"#name,city\nAnn,Rome\nBob,Bonn\n", "x.csv", AS_TEXT_DELIMITED, ',', true, 2},
    {"Shopping\nplease, buy\napples, pears\n", "", AS_TEXT_PLAIN, 0, false, 0},
    {"# comment\nint a = 1;\nint b = 2;\n", "", AS_TEXT_PLAIN, 0, false, 0},
    {"foo(a, 1);\nfoo(b, 2);\nfoo(c, 3);\n", "", AS_TEXT_PLAIN, 0, false, 0},
};

static void kinds_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(kind_cases); i++) {
        const struct kind_case *c = &kind_cases[i];
        enum as_text_verdict verdict;
        struct as_text *t = profile(c->text, strlen(c->text), true, c->name, &verdict);
        if (t == NULL || t->kind != c->kind || t->delimiter != c->delimiter ||
            t->has_header != c->header || t->column_count != c->columns) {
            fail_msg("case %zu (%.20s): kind %d, delimiter %d, header %d, columns %u", i, c->text,
                     t == NULL ? -1 : (int)t->kind, t == NULL ? 0 : t->delimiter,
                     t != NULL && t->has_header, t == NULL ? 0 : t->column_count);
        }
        as_text_unref(t);
    }
}

static void header_names_are_unquoted_and_trimmed(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf\"Full \"\"Name\"\"\", e-mail ,\"multi\nline\",n\xff\xff"
        "o,\xc3\xa9t\xc3\xa9\n\"Ann\",ann@x.org,q,1,5\n\"Bob\",bob@x.org,r,2,6\n";
    static const char *const names[] = {"Full \"Name\"", "e-mail", "multi\nline",
                                        "n\xef\xbf\xbd\xef\xbf\xbdo", "\xc3\xa9t\xc3\xa9"};
    enum as_text_verdict verdict;
    struct as_text *t = profile(text, sizeof text - 1, true, "x.csv", &verdict);
    assert_non_null(t);
    assert_int_equal(t->column_count, 5);
    assert_true(t->has_header);
    for (size_t i = 0; i < 5; i++) {
        assert_true(as_slice_equal(t->columns[i].name, as_slice_of(names[i])));
    }
    as_text_unref(t);

    static const char plain[] = "\" Full Name \", e-mail ,n\xc3\xa4me,\"a, b\"\n"
                                "Ann,ann@x.org,x,1\nBob,bob@x.org,y,2\n";
    static const char *const plain_names[] = {"Full Name", "e-mail", "n\xc3\xa4me", "a, b"};
    t = profile(plain, sizeof plain - 1, true, "", &verdict);
    assert_non_null(t);
    assert_true(t->has_header);
    for (size_t i = 0; i < 4; i++) {
        assert_true(as_slice_equal(t->columns[i].name, as_slice_of(plain_names[i])));
    }
    as_text_unref(t);
}

/** Quotes are off only where they are none, and the row of names is told. */
static void open_quotes_are_told_from_cells_of_several_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool quotes_off;
        uint32_t header_row;
    } cases[] = {
        {"id,name,ssn\n1,\"Bob,212-09-5823\n2,Ann,536-22-1867\n3,Eve,536-22-1868\n4,Jo,536-22-"
         "1869\n",
         true, 1},
        {"id,note,ssn\n1,\"a\nb\nc, d\ne\",212-09-5823\n2,\"f\ng\nh\",536-22-1867\n", false, 1},
        {"id,note,ssn\n1,\"a, b\",212-09-5823\n2,\"c\"\"d\",536-22-1867\n", false, 1},
        {"id,note,ssn\n1,\"open,212-09-5823\n2,\"b, c\",536-22-1867\n3,\"d, e\",536-22-1868\n"
         "4,\"f\",536-22-1869\n5,\"g\",536-22-1860\n",
         false, 1},
        {"Staff\n\n2024\nid,name,ssn\n1,Bob,212-09-5823\n2,Ann,536-22-1867\n", false, 4},
        {"1,Bob,212-09-5823\n2,Ann,536-22-1867\n3,Eve,536-22-1868\n", false, 0},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        enum as_text_verdict verdict;
        struct as_text *t = profile(cases[i].text, strlen(cases[i].text), true, "x.csv", &verdict);
        assert_non_null(t);
        assert_int_equal(t->kind, AS_TEXT_DELIMITED);
        if (t->quotes_off != cases[i].quotes_off || t->header_row != cases[i].header_row) {
            fail_msg("case %zu: quotes off %d, header in row %u", i, (int)t->quotes_off,
                     t->header_row);
        }
        as_text_unref(t);
    }
}

/** The columns' names are found below lines that are no rows, and without their quotes. */
static void header_below_other_lines_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\n\nname,ssn\nBob,212-09-5823\n",
        "sep=;\nname;ssn\nBob;212-09-5823\n",
        "# exported 2024\nname,ssn\nBob,212-09-5823\n",
        "Staff\r\n\r\nname,ssn\r\nBob,212-09-5823\r\n",
        " \"name\", \"ssn\"\nBob, 212-09-5823\n",
        "name,ssn,\nBob,212-09-5823,\n",
        "name,ssn\nBob,212-09-5823,\nAnn,536-22-1867,\n",
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(texts); i++) {
        enum as_text_verdict verdict;
        struct as_text *t = profile(texts[i], strlen(texts[i]), true, "", &verdict);
        if (t == NULL || t->column_count < 2 ||
            !as_slice_equal(t->columns[0].name, as_slice_of("name")) ||
            !as_slice_equal(t->columns[1].name, as_slice_of("ssn"))) {
            fail_msg("case %zu", i);
        }
        as_text_unref(t);
    }
}

static void utf16_header_is_read_decoded(void **state)
{
    (void)state;
    static const char ascii[] = "name,ssn\nAnn,123-45-6789\n";
    uint8_t wide[2 + 2 * sizeof ascii] = {0xff, 0xfe};
    for (size_t i = 0; i < sizeof ascii - 1; i++) {
        wide[2 + 2 * i] = (uint8_t)ascii[i];
    }
    enum as_text_verdict verdict;
    struct as_text *t = profile(wide, 2 * sizeof ascii, true, "", &verdict);
    assert_non_null(t);
    assert_int_equal(t->kind, AS_TEXT_DELIMITED);
    assert_true(as_slice_equal(t->columns[1].name, as_slice_of("ssn")));
    as_text_unref(t);
}

static void prefix_cut_anywhere_keeps_the_kind(void **state)
{
    (void)state;
    static const char line[] = "{\"k\":\"v\\u00e9\xc3\xa9\",\"n\":[1,2.5,{}]}\n";
    char text[40 * sizeof line];
    size_t len = 0;
    for (unsigned i = 0; i < 40; i++) {
        memcpy(text + len, line, sizeof line - 1);
        len += sizeof line - 1;
    }
    for (size_t cut = 2 * sizeof line; cut < len; cut++) {
        enum as_text_verdict verdict;
        struct as_text *t = profile(text, cut, false, "", &verdict);
        assert_non_null(t);
        assert_int_equal(t->kind, AS_TEXT_JSON_LINES);
        as_text_unref(t);
    }
    for (size_t cut = 1; cut < sizeof line - 2; cut++) { /* within one line: a document so far */
        enum as_text_verdict verdict;
        struct as_text *t = profile(line, cut, false, "", &verdict);
        assert_non_null(t);
        assert_int_equal(t->kind, AS_TEXT_JSON);
        as_text_unref(t);
    }
}

static void no_memory_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    static const char text[] = "name,ssn\nAnn,123-45-6789\nBob,987-65-4321\n";
    int64_t live = as_mem_live();
    for (uint64_t n = 0;; n++) {
        enum as_text_verdict verdict;
        struct as_text *t = NULL;
        as_mem_fail_after(n);
        enum as_status status = as_text_profile(as_slice(text, sizeof text - 1), true,
                                                as_slice_of("a.csv"), &verdict, &t);
        as_mem_fail_after(UINT64_MAX);
        if (status == AS_OK) {
            assert_true(n > 2);
            as_text_unref(t);
            break;
        }
        assert_int_equal(status, AS_E_NO_MEMORY);
        assert_int_equal(as_mem_live(), live);
    }
    assert_int_equal(as_mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_are_told_apart),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(header_names_are_unquoted_and_trimmed),
        cmocka_unit_test(open_quotes_are_told_from_cells_of_several_lines),
        cmocka_unit_test(header_below_other_lines_is_read),
        cmocka_unit_test(utf16_header_is_read_decoded),
        cmocka_unit_test(prefix_cut_anywhere_keeps_the_kind),
        cmocka_unit_test(no_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
