/* SPDX-License-Identifier: MIT
 *
 * test_policy_columns.c - each error points to the bytes that are wrong, and shows them.
 */
#include "base/utf8.h"
#include "test_policy_marks.h"

static void scalars(void **state)
{
    (void)state;
    expect("[limits]\nmemory = <<2X>>\n", "'2X' is not a size");
    expect("[limits]\nmemory=<<2X>>", "'2X' is not a size");
    expect("[limits]\nmemory\t=\t <<2X>> \t; 2X\n", "'2X' is not a size");
    expect("[limits]\nmemory = <<\"2X\">>\n", "'2X' is not a size");
    expect("[limits]\nmemory = <<64M 65M>> ; c\n", "takes one value");
    expect("[limits]\n<<memory>> =\n", "the value is missing");
    expect("[limits]\n<<memory>>\t= ; nothing\n", "the value is missing");
    expect("[limits]\nmemory = <<\"\">>\n", "empty word");
    expect("[limits]\nmemory = <<\"64M>>\n", "not closed");
    expect("[limits]\nmemory = \"64M\" <<65M x>>\n", "behind the closing quote");
    expect("[limits]\nmemory = 64M\n \t<<65M>> ; c\n", "takes one value");
    expect("[limits]\ncpu_time = <<2>>\n", "has no unit");
    expect("[limits]\npids = <<0>>\n", "0 makes no sense");
    expect("[limits]\npids = <<many>>\n", "is not a number");
    expect("[limits]\nenforce = <<Strict>>\n", "is not known");
    expect("[identity]\nuid = <<root>>\n", "not a user or group id");
    expect("[identity]\nhostname = a<<\x07>>\n", "control character");
    expect("[identity]\nhostname = <<${HOEM}x>>\n", "no variable ${HOEM}");
    expect("[process]\numask = <<99>>\nnice = <<20>>\n", "file mode", "nice value");
    expect("[root]\ncwd = <<box>>\n", "not an absolute path");
    expect("[syscalls]\ndefault = <<errno:EPREM>>\nunknown = <<die>>\n", "no errno value",
           "not an action");
    expect("[profile]\ndescription = One\n  two <<\xff>>\n", "belongs to no character");
}

static void words(void **state)
{
    (void)state;
    expect("[files]\nro = <<a>> /b\n", "'a' is not an absolute path");
    expect("[files]\nro = /b\t<<?a>>\t /c ; a\n", "'a' is not an absolute path");
    expect("[files]\nro = /b <<!a/../b>>\n", "'a/../b' is not an absolute path");
    expect("[files]\nro = /b\n\n; c\n  /c\n\t<<\"a b\">>\t/d\n", "'a b' is not an absolute path");
    expect("[files]\nro = <</a/../b>> <<?>>  <<?!x>> <<#x>>\n", "'.' or '..'", "has no word",
           "one mark at most", "can't begin with '#'");
    expect("[files]\nro = /a <<\"\">> <<\"/b\\q\">> /c\n  <<\"/d>>\n", "empty word", "backslash",
           "not closed");
    expect("[files]\nbind = /a:/b <</a>> <</a:/b:x>>\n", "no bind", "'x' is not known");
    expect("[files]\ntmpfs = /a <</b:exec>> <</c:size=0>>\n", "no option 'exec'", "for size");
    expect("[files]\nsymlink = <<a>> b:/c\n", "no symbolic link");
    expect("[environment]\nset = A=1 <<B>> <<1C=2>>\npass = OK <<n-o>>\n", "sets no variable",
           "not the name of a variable", "not the name of a variable");
    expect("[syscalls]\nallow = read <<wr,ite>>\nerrno = <<x:ENOPE>>\n", "no name of a system call",
           "no errno value");
    expect("[capabilities]\nkeep = chown <<cap-x>>\n", "no name of a capability");
    expect("[network]\nfamilies = unix\n  <<?inet4>>\n", "no socket family");
    expect("[files]\nro = /a <<${NOPE}/b>> <</${HOME>>\n", "no variable", "without its '}'");
}

static void lines(void **state)
{
    (void)state;
    expect("[<<limit>>]\nmemory = 2X\n", "unknown section");
    expect("[<<>>]\n", "unknown section");
    expect("[limits]\n<<memry>> = 1M\n", "unknown key 'memry'");
    expect("[files]\n<<ro +>>= /a\n", "unknown key 'ro +'");
    expect("<<memory>> = 1M\n", "before any section");
    expect("[limits]\nmemory = 1M\n<<memory>>  = 1M\n", "set twice");
    expect("<<[limits>>\n", "']' is missing");
    expect("[limits] <<memory = 1>>\n", "behind the section's ']'");
    expect("[limits]<<; x>>\n", "behind the section's ']'");
    expect("[limits]\n<<memory: 1M>>\n", "neither a [section]");
    expect("[files]\n<<bind: /a>>=/b\n", "is no key");
    expect("[limits]\n<<= 1M>>\n", "no key before");
    expect("[files]\nro = /a\n  <<[limits]>>\n", "may not be indented");
    expect("[files]\n \t<</a /b>> \n", "no key above");
    expect("[files]\nro = /a\n  <<rw = /b>>\n", "looks like the key 'rw'");
    expect("[profile]\nextends = <<nowhere>>\n", "there is no profile 'nowhere'");
    expect("[profile]\nextends = <<./no.ini>> <<!x>>\n", "can't open", "takes no '!x'");
    expect("[files]\nro = /a\n  <<!/f>>\n", "takes nothing away");
}

/* Columns count bytes, whatever is before them. */
static void bytes_before(void **state)
{
    (void)state;
    expect("[environment]\nset = A=gr\xc3\xbc\xc3\x9f\tB=\xf0\x9f\x93\xa6 <<C>>\n",
           "sets no variable");
}

static void line_ends(void **state)
{
    (void)state;
    expect("[limits]\r\nmemory = <<2X>>\r\n\r\n  <<2M>>\r\n", "'2X'", "takes one value");
    expect("\xef\xbb\xbf[<<limit>>]\n", "unknown section");
    expect("\xef\xbb\xbf[limits]\nmemory = <<2X>>\n", "'2X'");
    expect("\xef\xbb\xbf<<memory>> = 1\n", "before any section");
    expect("[limits]\nmemory = 1M<<\r>>pids = 2\n", "control character (0x0d)");
    expect("[limits]\nmemory = 1M<<\r>>", "control character (0x0d)");
    expect("; a <<\xe2>>\x80\xae b\n", "changes how");
    expect("[limits]\n<<\xef>>\xbb", "belongs to no character");
}

static bool is_text(const char *text)
{
    while (*text) {
        size_t length = utf8_length(text);
        if (!length)
            return false;
        text += length;
    }
    return true;
}

/* Of a long line the part around the column is shown, and no character is cut in two. */
static void windows(void **state)
{
    (void)state;
    static char text[16384];
    const char *const fills[] = {"x", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x93\xa6"};
    for (size_t i = 0; i < 4; i++) {
        for (size_t before = 20; before < 420; before++) {
            char *to = stpcpy(text, "[environment]\nset = \"A=");
            for (size_t used = 0; used < before; used += strlen(fills[i]))
                to = stpcpy(to, fills[i]);
            unsigned column = (unsigned)(to - text) - (unsigned)strlen("[environment]\n") + 3;
            to = stpcpy(to, "\" BAD C=");
            for (size_t used = 0; used < 440 - before; used++)
                to = stpcpy(to, fills[i]);
            struct sbx_error error = refuse_text(text, 2, "'BAD' sets no variable");
            assert_int_equal(error.origin.column, column);
            assert_int_equal(error.origin.length, 3);
            assert_excerpt(&error, "BAD", 3);
            assert_true(strlen(error.excerpt) - error.caret >= 3);
            assert_true(strlen(error.excerpt) > sizeof(error.excerpt) - 8 ||
                        strlen(text) < 14 + sizeof(error.excerpt));
            assert_true(is_text(error.excerpt));
        }
    }
}

/* A long word is shown from its start. The message has its start and its end: what is wrong with it
 * stands behind it. */
static void long_word(void **state)
{
    (void)state;
    static char text[8192];
    int length = snprintf(text, sizeof(text), "[environment]\nset = A=1 ");
    memset(text + length, 'B', 3000);
    struct sbx_error error = refuse_text(text, 2, "sets no variable");
    assert_int_equal(error.origin.column, 11);
    assert_int_equal(error.origin.length, 3000);
    assert_int_equal(error.caret, 10);
    assert_int_equal(strncmp(error.excerpt, "set = A=1 BBBB", 14), 0);
    assert_int_equal(strlen(error.excerpt), sizeof(error.excerpt) - 1);
    assert_int_equal(strncmp(error.text, "environment.set: 'BBB", 21), 0);
    assert_non_null(strstr(error.text, "BBB ... BBB"));
    for (size_t shift = 0; shift < 3; shift++) {
        char *to = stpcpy(text + length, &"BCD"[shift]);
        while (to < text + sizeof(text) - 4)
            to = stpcpy(to, "\xe2\x82\xac");
        error = refuse_text(text, 2, " ... \xe2\x82\xac");
        assert_true(is_text(error.text));
    }
}

/* Beyond what an origin can hold, the line alone is told. */
static void far_column(void **state)
{
    (void)state;
    static char text[200000];
    for (size_t before = 65400; before < 65700; before += 13) {
        int length =
            snprintf(text, sizeof(text), "[environment]\nset = A=%0*d BAD\n", (int)before, 1);
        unsigned column = (unsigned)length - 14 - 3;
        struct sbx_error error = refuse_text(text, 2, "'BAD' sets no variable");
        assert_int_equal(error.origin.column, column < UINT16_MAX ? column : 0);
        if (column < UINT16_MAX)
            assert_excerpt(&error, "BAD", 3);
        else
            assert_int_equal(strncmp(error.excerpt, "set = A=000", 11), 0);
    }
    for (int before = 65500; before < 65600; before++) {
        snprintf(text, sizeof(text), "; %*s\x01\n", before, "");
        struct sbx_error error = refuse_text(text, 1, "control character (0x01)");
        assert_int_equal(error.origin.column, before + 3 < UINT16_MAX ? before + 3 : 0);
        assert_int_equal(error.origin.length, before + 3 < UINT16_MAX);
    }
}

/* The same for --set: a text with one mark, and what is said of it. */
static void expect_set(const char *with_marks, const char *part)
{
    struct marked marked = unmark(with_marks);
    const char *const overrides[] = {"limits.pids=3", marked.text, "limits.pids=4"};
    struct sbx_error error = refuse_with("t.ini", overrides, 3, part);
    assert_string_equal(error.origin.file, "--set");
    assert_int_equal(error.origin.line, 2);
    if (error.origin.column != marked.marks[0].column ||
        error.origin.length != marked.marks[0].length)
        fail_msg("%u+%u, not %u+%u: %s", error.origin.column, error.origin.length,
                 marked.marks[0].column, marked.marks[0].length, error.text);
    assert_string_equal(error.excerpt, marked.text);
    assert_excerpt(&error, marked.marks[0].span, marked.marks[0].length);
    free(marked.text);
}

static void overrides(void **state)
{
    (void)state;
    file_text("t.ini", "[limits]\nmemory = 1M\n[files]\nro = /a\n");
    expect_set("limits.memory=<<2X>>", "'2X' is not a size");
    expect_set("limits.memory= \t<<2X>>", "'2X' is not a size");
    expect_set("limits.memory=<<\"2X\">>", "'2X' is not a size");
    expect_set("<<limits.memory>>=", "the value is missing");
    expect_set("files.ro=/a <<b>> /c", "'b' is not an absolute path");
    expect_set("files.ro+= /a  <<?b>>", "'b' is not an absolute path");
    expect_set("files.ro+=/b <<!/x>>", "takes nothing away");
    expect_set("files.ro=/b <<!/a>>", "'=' replaces");
    expect_set("<<limits.memry>>=1M", "unknown key");
    expect_set("<<limit.memory>>=1M", "unknown section");
    expect_set("<<memory>>=1M", "names no key");
    expect_set("<<limits.memory>>+=1M", "not a list");
    expect_set("<<profile.extends>>=base", "can't be set");
    expect_set("environment.set=A=\xc3\xbc <<B>>", "sets no variable");
    expect_set("limits.memory=1M<<\v>>x", "byte 0x0b");
    expect_set("profile.description=\xc3\xbc<<\xff>>", "byte 0xff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scalars), TEST(words),     TEST(lines),      TEST(bytes_before), TEST(line_ends),
        TEST(windows), TEST(long_word), TEST(far_column), TEST(overrides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
