/* SPDX-License-Identifier: MIT
 *
 * test_policy_rules.c - the rules of system calls: how a value is cut into them, how those of
 * several profiles add up, and what has not the shape of a rule. What conditions mean is the
 * guard's test.
 */
#include "policy/cut.h"
#include "policy/keys.h"
#include "policy/print.h"
#include "test_policy_printed.h"

static struct sbx_policy *load_rules(const char *value)
{
    char line[1024];
    snprintf(line, sizeof(line), "rules = %s", value);
    return load_key("syscall socket", line);
}

static const struct item *rule_of(const struct sbx_policy *policy, size_t index)
{
    assert_true(index < policy->syscall_rules.count);
    return &policy->syscall_rules.items[index];
}

/* "CALL: RULE" for each rule, a line each. */
static void assert_rules(const struct sbx_policy *policy, const char *expected)
{
    char text[8192] = "";
    size_t used = 0;
    for (size_t i = 0; i < policy->syscall_rules.count; i++) {
        const struct item *rule = rule_of(policy, i);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s: %s\n",
                                 rule->optional ? "?" : "", rule->first, rule->text);
    }
    assert_string_equal(text, expected);
}

static void assert_place(struct origin origin, unsigned line, unsigned column, unsigned length)
{
    if (origin.line != line || origin.column != column || origin.length != length)
        fail_msg("%u:%u+%u, not %u:%u+%u", origin.line, origin.column, origin.length, line, column,
                 length);
}

/* ---- from a value to rules ------------------------------------------------------------------ */

static void cuts(void **state)
{
    (void)state;
    struct sbx_policy *policy =
        load_text("[syscall socket]\n"
                  "rules =\n"
                  "    allow        if domain == AF_UNIX\n"
                  "    allow        if domain in {AF_INET,AF_INET6} ; a comment\n"
                  "; and another one\n"
                  "      && type&0xf==SOCK_STREAM   errno:EACCES\n"
                  "    if\n"
                  "\tdomain == AF_NETLINK\n"
                  "    kill\n");
    assert_rules(policy, "socket: allow if domain == AF_UNIX\n"
                         "socket: allow if domain in {AF_INET, AF_INET6} && type & 0xf == "
                         "SOCK_STREAM\n"
                         "socket: errno:EACCES if domain == AF_NETLINK\n"
                         "socket: kill\n");
    const struct item *rule = rule_of(policy, 1);
    assert_string_equal(rule->second, "domain in { AF_INET , AF_INET6 } && type & 0xf == "
                                      "SOCK_STREAM");
    assert_int_equal(rule->kind, ACTION_ALLOW);
    assert_int_equal(rule->number, 0);
    assert_false(rule->optional);
    rule = rule_of(policy, 2);
    assert_int_equal(rule->kind, ACTION_ERRNO);
    assert_int_equal(rule->number, 13);
    rule = rule_of(policy, 3);
    assert_int_equal(rule->kind, ACTION_KILL);
    assert_null(rule->second);
    assert_int_equal(rule->place_count, 0);
    policy_free(policy);
}

static void every_token(void **state)
{
    static const struct {
        const char *written, *text, *condition;
    } cases[] = {
        {"log if a", "log if a", "a"},
        {"log if(a)", "log if (a)", "( a )"},
        {"log if a!=-1", "log if a != -1", "a != - 1"},
        {"log if ! ( a||~b&c )", "log if !(a || ~b & c)", "! ( a || ~ b & c )"},
        {"log if !!a", "log if !!a", "! ! a"},
        {"log if a<b&&c<=d&&e>f&&g>=0", "log if a < b && c <= d && e > f && g >= 0",
         "a < b && c <= d && e > f && g >= 0"},
        {"log if a in{ 0x1F , 010,017 , 0 }", "log if a in {0x1F, 010, 017, 0}",
         "a in { 0x1F , 010 , 017 , 0 }"},
        {"log if a&O_CREAT|O_EXCL", "log if a & O_CREAT | O_EXCL", "a & O_CREAT | O_EXCL"},
        {"log if how.flags&x.1", "log if how.flags & x.1", "how.flags & x.1"},
        {"log if - - 1 == a - b", "log if --1 == a - b", "- - 1 == a - b"},
        {"log if ! == a", "log if ! == a", "! == a"}, /* not "!==" */
        {"log if 18446744073709551615 == a", "log if 18446744073709551615 == a",
         "18446744073709551615 == a"},
        {"errno:11 if iffy == inner", "errno:EAGAIN if iffy == inner", "iffy == inner"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sbx_policy *policy = load_rules(cases[i].written);
        assert_int_equal(policy->syscall_rules.count, 1);
        assert_string_equal(rule_of(policy, 0)->text, cases[i].text);
        assert_string_equal(rule_of(policy, 0)->second, cases[i].condition);
        struct sbx_policy *again = load_rules(cases[i].text);
        assert_string_equal(rule_of(again, 0)->text, cases[i].text);
        assert_string_equal(rule_of(again, 0)->second, cases[i].condition);
        policy_free(policy);
        policy_free(again);
    }
}

static void places(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscall socket]\n"
                                          "rules = kill if a == 1 log if\n"
                                          "    b\t== {X,\n"
                                          "    Y}\n");
    const struct item *rule = rule_of(policy, 0);
    assert_place(rule->origin, 2, 9, 14);
    assert_place(rule_place(rule, 0), 2, 17, 1);
    assert_place(rule_place(rule, 2), 2, 19, 2);
    assert_place(rule_place(rule, 3), 2, 19, 2);
    assert_place(rule_place(rule, 5), 2, 22, 1);
    rule = rule_of(policy, 1);
    assert_place(rule->origin, 2, 24, 6); /* as far as its first line goes */
    assert_string_equal(rule->second, "b == { X , Y }");
    assert_place(rule_place(rule, 0), 3, 5, 1);
    assert_place(rule_place(rule, 2), 3, 7, 2);
    assert_place(rule_place(rule, 5), 3, 10, 1);
    assert_place(rule_place(rule, 11), 4, 5, 1);
    assert_place(rule_place(rule, 13), 4, 6, 1);
    policy_free(policy);
}

/* ---- sections ------------------------------------------------------------------------------- */

static void sections(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscall  bind]\nrules = kill\n"
                                          "[syscall socket]\n[limits]\npids = 4\n"
                                          "[syscall socket]\nrules = log\n"
                                          "[syscall ?new_call2]\nrules = allow if a errno:EPERM\n");
    assert_rules(policy, "bind: kill\nsocket: log\n?new_call2: allow if a\n"
                         "?new_call2: errno:EPERM\n");
    policy_free(policy);

    assert_hint(
        refuse_text("[sycall socket]\nrules = kill\n", 1, "unknown section [sycall socket]"),
        "did you mean 'syscall'?");
    assert_hint(refuse_text("[syscalls socket]\nrules = kill\n", 1, "unknown section"),
                "did you mean 'syscall'?");
    assert_hint(refuse_text("[syscals]\nallow = read\n", 1, "unknown section"),
                "did you mean 'syscalls'?");
    refuse_text("[limits pids]\npids = 4\n", 1, "unknown section [limits pids]");
    assert_hint(refuse_text("[syscall]\nrules = kill\n", 1, "names none"), "[syscall NAME]");
    assert_hint(refuse_text("[syscall @network]\nrules = kill\n", 1, "a group has no arguments"),
                "for each call");
    refuse_text("[syscall ?@network]\nrules = kill\n", 1, "a group has no arguments");
    refuse_text("[syscall !bind]\nrules = kill\n", 1, "'!bind' is no name");
    refuse_text("[syscall ?]\nrules = kill\n", 1, "'' is no name");
    assert_hint(refuse_text("[syscall bind socket]\nrules = kill\n", 1, "is no name"),
                "about one call");
    refuse_text("[syscall Bind]\nrules = kill\n", 1, "'Bind' is no name");
    refuse_text("[syscall aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\nrules = kill\n", 1,
                "so long a name");
    refuse_text("[syscall bind]\nrule = kill\n", 2, "unknown key 'rule' in [syscall]");
    assert_hint(refuse_text("[syscall bind]\nrules = kill\n[syscall ?bind]\nrules = log\n", 4,
                            "syscall bind.rules is set twice: in line 2 and here"),
                "one value");
}

/* ---- what is no rule ------------------------------------------------------------------------ */

static void no_rules(void **state)
{
    static const struct {
        const char *value;
        unsigned column;
        const char *text, *hint;
    } cases[] = {
        {"", 1, "there are no rules", "at least one ACTION"},
        {"alow if a", 9, "'alow' is not an action", "did you mean 'allow'"},
        {"errno if a", 9, "'errno' is not an action", "errno:EPERM"},
        {"errno:EPRM if a", 9, "'EPRM' is no errno value", "EPERM"},
        {"if a", 9, "a rule begins with an ACTION, not with 'if'", "ACTION if CONDITION"},
        {"(a) allow", 9, "a rule begins with an ACTION, not with '('", ""},
        {"log if a !kill", 18, "'!' takes no rule away", "ACTION without `if`"},
        {"log !kill", 13, "'!' takes no rule away", ""},
        {"!allow", 9, "'!' takes no rule away", "ACTION without `if`"},
        {"allow if", 15, "`if` has no condition", "leave the `if` out"},
        {"allow if kill", 15, "`if` has no condition", ""},
        {"allow a == 1", 15, "'a' stands behind 'allow'", "ACTION if CONDITION"},
        {"allow if a if b", 20, "a rule has one `if`", "&&"},
        {"allow if (a", 18, "'(' is not closed", "next ACTION"},
        {"allow if (a kill", 18, "'(' is not closed", ""},
        {"allow if a)", 19, "')' closes nothing", ""},
        {"allow if a in {1)", 25, "')' can't close '{'", ""},
        {"allow if a == 1 kil", 25, "no operator between '1' and 'kil'", "did you mean 'kill'"},
        {"allow if a b", 20, "no operator between 'a' and 'b'", "&& or ||"},
        {"allow if (a) 1", 22, "no operator between ')' and '1'", ""},
        {"kill allow if a", 14, "'allow' can't be reached: 'kill'", "stands last"},
        {"allow if a = 1", 20, "'=' is no operator", "'=='"},
        {"allow if a == \"x\"", 23, "double quotes have no meaning", ""},
        {"allow if a == ${UID}", 23, "variables have no meaning", ""},
        {"allow if ?a", 18, "'?' has no meaning", "[syscall ?NAME]"},
        {"allow if a + 1", 20, "'+' has no meaning", "operators are"},
        {"allow if a == \xc3\xa4", 23, "'\xc3\xa4' has no meaning", ""},
        {"allow if a == 12x", 23, "'12x' is no number", "0x"},
        {"allow if a == 0x", 23, "'0x' is no number", ""},
        {"allow if a == 09", 23, "'09' is no number", ""},
        {"allow if a == 0o7", 23, "'0o7' is no number", ""},
        {"allow if a == 18446744073709551616", 23, "is too large", "64 bits"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char line[256];
        snprintf(line, sizeof(line), "rules = %s", cases[i].value);
        struct sbx_error error = refuse_key("syscall socket", line, cases[i].text);
        assert_hint(error, cases[i].hint);
        if (error.origin.column != cases[i].column)
            fail_msg("'%s': column %u, not %u", cases[i].value, error.origin.column,
                     cases[i].column);
        if (!strstr(error.text, "syscall socket.rules: "))
            fail_msg("'%s' does not name the call", error.text);
    }
}

/* One more than there may be, and as many. */
static void bounds(void **state)
{
    static char text[200000];
    (void)state;
    for (int over = 0; over < 2; over++) {
        size_t used = (size_t)snprintf(text, sizeof(text), "[syscall socket]\nrules =\n");
        for (int i = 0; i < RULES_MAX + over; i++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, " log if a == %d\n", i);
        if (over)
            refuse_text(text, RULES_MAX + 3, "more than 64 rules");
        else
            policy_free(load_text(text));

        used = (size_t)snprintf(text, sizeof(text), "[syscall socket]\nrules = log if ");
        memset(text + used, 'a', (size_t)CONDITION_MAX + (size_t)over);
        snprintf(text + used + CONDITION_MAX + over, 2, "\n");
        if (over)
            refuse_text(text, 2, "more than 4095 bytes");
        else
            policy_free(load_text(text));

        used = (size_t)snprintf(text, sizeof(text), "[syscall socket]\nrules = log if ");
        memset(text + used, '(', (size_t)NESTING_MAX + (size_t)over);
        used += (size_t)NESTING_MAX + (size_t)over;
        text[used++] = 'a';
        memset(text + used, ')', (size_t)NESTING_MAX + (size_t)over);
        snprintf(text + used + NESTING_MAX + over, 2, "\n");
        if (over)
            refuse_text(text, 2, "more than 32 brackets");
        else
            policy_free(load_text(text));

        /* Each rule is short enough, and all together are too many tokens. */
        used = (size_t)snprintf(text, sizeof(text), "[syscall socket]\nrules =\n");
        for (int i = 0; i < 8; i++) {
            used += (size_t)snprintf(text + used, sizeof(text) - used, " log if ~");
            for (int j = 0; j < 1021 + (over && i == 7); j++)
                used += (size_t)snprintf(text + used, sizeof(text) - used, "~");
            used += (size_t)snprintf(text + used, sizeof(text) - used, "\n");
        }
        if (over)
            refuse_text(text, 10, "more than 8192 tokens");
        else
            policy_free(load_text(text));
    }
}

/* All that a profile can say of calls is read in no time, and refused once. */
static void too_many_calls(void **state)
{
    char *text = NULL;
    size_t size = 0;
    (void)state;
    for (int over = 0; over < 2; over++) {
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        for (int i = 0; i < LIST_WORDS_MAX + over; i++)
            fprintf(out, "[syscall c%d]\nrules = log\n", i);
        assert_int_equal(fclose(out), 0);
        if (over)
            refuse_text(text, 2U * LIST_WORDS_MAX + 2, "more than 4096 calls have rules");
        else
            policy_free(load_text(text));
        free(text);
    }
}

/* Of two profiles each has as many rules as there may be. */
static void too_many_rules(void **state)
{
    (void)state;
    for (int file = 0; file < 2; file++) {
        FILE *out = fopen(file ? "b.ini" : "a.ini", "we");
        assert_non_null(out);
        for (int i = 0; i < LIST_WORDS_MAX; i++)
            fprintf(out, "[syscall %c%d]\nrules = log\n", 'a' + file, i);
        assert_int_equal(fclose(out), 0);
    }
    file_text("t.ini", "[profile]\nextends = a.ini b.ini\n");
    struct sbx_error error = refuse("t.ini", "all calls together have more than 4096 rules");
    assert_string_equal(error.origin.file, "b.ini");
}

/* ---- several profiles ----------------------------------------------------------------------- */

static void on_top(void **state)
{
    (void)state;
    file_text("base.ini", "[syscall socket]\nrules = allow if a log if b\n"
                          "[syscall ?bind]\nrules = kill\n");
    file_text("second.ini", "[syscall socket]\nrules = kill if c\n");
    struct sbx_policy *policy = load_text("[profile]\nextends = base.ini second.ini\n"
                                          "[syscall connect]\nrules = log\n"
                                          "[syscall socket]\nrules = log if d\n"
                                          "[syscall bind]\nrules = log if e\n");
    assert_rules(policy, "socket: log if d\nsocket: kill if c\nsocket: allow if a\nsocket: log if "
                         "b\nbind: log if e\nbind: kill\nconnect: log\n");
    assert_string_equal(rule_of(policy, 1)->origin.file, "second.ini");
    assert_string_equal(rule_of(policy, 2)->origin.file, "base.ini");
    policy_free(policy);

    policy = load_text("[profile]\nextends = base.ini\n"
                       "[syscall socket]\nrules = log if d allow\n");
    assert_rules(policy, "socket: log if d\nsocket: allow\n?bind: kill\n");
    policy_free(policy);
}

static void too_many_together(void **state)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof(text), "[syscall socket]\nrules =\n");
    (void)state;
    for (int i = 0; i < RULES_MAX; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, " log if a == %d\n", i);
    file_text("base.ini", text);
    assert_hint(refuse_text("[profile]\nextends = base.ini\n[syscall socket]\nrules = kill if b\n",
                            4, "more than 64 rules"),
                "replaces");
    policy_free(load_text("[profile]\nextends = base.ini\n[syscall socket]\nrules = kill\n"));
}

static void overrides(void **state)
{
    const char *const replace[] = {"syscall socket.rules=log if b == 2 errno:EPERM"};
    (void)state;
    file_text("t.ini", "[syscall socket]\nrules = allow if a\n[syscall bind]\nrules = log\n");
    struct sbx_policy *policy = load_with("t.ini", replace, 1);
    assert_rules(policy, "socket: log if b == 2\nsocket: errno:EPERM\nbind: log\n");
    assert_string_equal(rule_of(policy, 0)->origin.file, "--set");
    assert_place(rule_of(policy, 0)->origin, 1, 22, 13);
    policy_free(policy);

    const char *const adds[] = {"syscall socket.rules+=kill if c", "syscall ?bind.rules+=kill"};
    policy = load_with("t.ini", adds, 2);
    assert_rules(policy, "socket: kill if c\nsocket: allow if a\n?bind: kill\n");
    policy_free(policy);

    const char *const wrong[] = {
        "syscall.rules=kill",    "syscall @network.rules=kill", "syscall socket.rules+=!kill",
        "syscall socket.rules=", "sycall socket.rules=kill",    "syscall socket.rule=kill"};
    static const char *const parts[] = {"names none",      "a group has no arguments",
                                        "takes no rule",   "there are no rules",
                                        "unknown section", "unknown key 'rule' in [syscall]"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        refuse_with("t.ini", &wrong[i], 1, parts[i]);
}

/* ---- printed, and copied -------------------------------------------------------------------- */

static void prints(void **state)
{
    static const char source[] = "[syscall ?socket]\nrules = allow if a in { 1,2 } kill\n"
                                 "[syscall bind]\nrules = log if ~fd\n";
    (void)state;
    struct sbx_policy *policy = load_text(source);
    char *plain = printed(policy, false), *full = printed(policy, true);
    assert_non_null(strstr(plain, "\n\n[syscall ?socket]\nrules =\n    allow if a in {1, 2}\n"
                                  "    kill\n\n[syscall bind]\nrules =\n    log if ~fd\n\n["));
    assert_non_null(strstr(full, "    allow if a in {1, 2}                     ; t.ini:2:9\n"));
    assert_non_null(strstr(full, "    kill                                     ; t.ini:2:31\n"));
    struct sbx_policy *again = load_text(full);
    char *twice = printed(again, false);
    assert_string_equal(plain, twice);
    policy_free(again);
    free(plain);
    free(full);
    free(twice);

    struct sbx_error error;
    struct sbx_policy *copy = NULL;
    const char *const override[] = {"syscall bind.rules+=kill if b"};
    assert_int_equal(policy_derive(policy, override, 1, &copy, &error), 0);
    policy_free(policy);
    assert_rules(copy, "?socket: allow if a in {1, 2}\n?socket: kill\nbind: kill if b\nbind: log "
                       "if ~fd\n");
    assert_place(rule_place(rule_of(copy, 0), 7), 2, 25, 1);
    policy_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cuts),           TEST(every_token),    TEST(places),    TEST(sections),
        TEST(no_rules),       TEST(bounds),         TEST(on_top),    TEST(too_many_together),
        TEST(too_many_calls), TEST(too_many_rules), TEST(overrides), TEST(prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
