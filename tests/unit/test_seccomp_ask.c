/* SPDX-License-Identifier: MIT
 *
 * Questions about one system call: the verdict, the rule and its line, what it depends on, and the
 * errors in the question.
 */
#include "guards/seccomp/numbers.h"
#include "guards/syscalls.h"
#include "seccomp_fixture.h"

enum { ARGUMENTS_ASKED = 4 };

/* The answer to a question, or NULL with the error. The words of `arguments` have blanks between
 * them. Owned: free(). */
static char *ask(const struct made *made, const char *call, const char *arguments,
                 struct sbx_error *error)
{
    char *copy = strdup(arguments), *rest = NULL, *text = NULL;
    const char *list[ARGUMENTS_ASKED];
    size_t count = 0, size;
    assert_non_null(copy);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_true(count < ARGUMENTS_ASKED);
        list[count++] = word;
    }
    int result = syscalls_ask(&made->policy, call, list, count, out, error);
    assert_int_equal(fclose(out), 0);
    free(copy);
    if (result == 0)
        return text;
    assert_string_equal(text, ""); /* an error is no answer, not half of one */
    free(text);
    return NULL;
}

static void expect_answer(const struct made *made, const char *call, const char *arguments,
                          const char *wanted)
{
    struct sbx_error error = {0};
    char *text = ask(made, call, arguments, &error);
    if (!text)
        fail_msg("%s %s: %s", call, arguments, error.text);
    assert_string_equal(text, wanted);
    free(text);
}

static void expect_refusal(const struct made *made, const char *call, const char *arguments,
                           const char *text, const char *hint)
{
    struct sbx_error error = {0};
    char *answer = ask(made, call, arguments, &error);
    if (answer)
        fail_msg("%s %s: answered: %s", call, arguments, answer);
    assert_int_equal(error.code, SBX_E_USAGE);
    if (!strstr(error.text, text) || !strstr(error.hint, hint))
        fail_msg("text \"%s\", hint \"%s\"", error.text, error.hint);
}

/* ---- whole calls ---------------------------------------------------------------------------- */

static void the_word_that_decides_is_named(void **state)
{
    (void)state;
    struct made *made = made_new("@base @process");
    made_words(made, &made->policy.syscalls_errno, "@keyring:38 mount");
    made_words(made, &made->policy.syscalls_log, "uname");
    made_words(made, &made->policy.syscalls_kill, "kill");
    made->policy.syscalls_default.origin =
        (struct origin){.file = "test.ini", .line = 30, .column = 11};
    expect_answer(made, "read", "fd=3",
                  "read(fd=3): allow\n  rule: syscalls.allow '@base' (test.ini:1)\n");
    expect_answer(made, "keyctl", "",
                  "keyctl(): errno ENOSYS\n  rule: syscalls.errno '@keyring:38' (test.ini:3)\n");
    expect_answer(made, "mount", "mountflags=MS_BIND|MS_REC",
                  "mount(mountflags=MS_BIND|MS_REC): errno EPERM\n"
                  "  rule: syscalls.errno 'mount' (test.ini:4)\n");
    expect_answer(made, "uname", "", "uname(): log\n  rule: syscalls.log 'uname' (test.ini:5)\n");
    expect_answer(made, "kill", "sig=SIGKILL",
                  "kill(sig=SIGKILL): kill\n  rule: syscalls.kill 'kill' (test.ini:6)\n");
    expect_answer(made, "ptrace", "",
                  "ptrace(): kill\n  rule: syscalls.default (test.ini:30:11): no list names it\n");
    made_free(made);
}

static void calls_without_a_number_in_the_table(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    expect_answer(
        made, "99999", "arg0=1",
        "99999(arg0=1): errno ENOSYS\n  rule: syscalls.unknown (built in): it is newer than "
        "the table, which ends with 470\n");
    expect_answer(made, "471", "",
                  "471(): errno ENOSYS\n  rule: syscalls.unknown (built in): it is newer than the "
                  "table, which ends with 470\n");
    expect_answer(made, "listns", "",
                  "listns(): kill\n  rule: syscalls.default (built in): no list names it\n");
    made_free(made);
}

static void newer_calls_have_numbers(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    static const char *const calls[] = {"cachestat",     "fchmodat2",    "futex_wait",
                                        "mseal",         "setxattrat",   "open_tree_attr",
                                        "removexattrat", "file_setattr", "lsm_list_modules"};
    static const int numbers[] = {451, 452, 455, 462, 463, 467, 466, 469, 461};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct sbx_error error;
        char name[CALL_NAME_SIZE];
        int number = 0;
        assert_int_equal(number_of_call(calls[i], &number, &error), 0);
        assert_int_equal(number, numbers[i]);
        assert_string_equal(name_of_call(number, name), calls[i]);
    }
    made_free(made);
}

static void house_rules_on_whole_calls(void **state)
{
    (void)state;
    struct made *made = made_new("@base @thread setns");
    expect_answer(made, "clone3", "size=88",
                  "clone3(size=88): errno ENOSYS\n"
                  "  rule: house rule: its flags are behind a pointer, where no filter can look\n"
                  "  without it: allow, by syscalls.allow '@thread' (test.ini:2)\n");
    expect_answer(made, "setns", "",
                  "setns(): errno EPERM\n"
                  "  rule: house rule: joining another namespace needs namespaces.nested = yes\n"
                  "  without it: allow, by syscalls.allow 'setns' (test.ini:3)\n");
    made->policy.namespaces_nested.v = YESNO_YES;
    expect_answer(made, "setns", "",
                  "setns(): allow\n  rule: syscalls.allow 'setns' (test.ini:3)\n");
    made_words(made, &made->policy.syscalls_kill, "clone3"); /* meant so: no rule of ours */
    expect_answer(made, "clone3", "",
                  "clone3(): kill\n  rule: syscalls.kill 'clone3' (test.ini:4)\n");
    made_free(made);
}

/* ---- arguments ------------------------------------------------------------------------------ */

#define TERMINAL "requests to a terminal that type for the user or outlive the program\n"
#define SET_ID   "a set-user-id or set-group-id file of the caller's could be left on the host\n"

static void an_argument_decides(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    static const char *const ways[] = {"cmd=TIOCSTI",  "request=TIOCSTI", "op=0x5412",
                                       "arg1=21522",   "cmd=052022",      "cmd=TIOCSTI|0",
                                       "cmd=0x5400|18"};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        char wanted[512];
        snprintf(wanted, sizeof(wanted),
                 "ioctl(cmd=%s): errno EPERM\n  rule: house rule on cmd: " TERMINAL
                 "  without it: allow, by syscalls.allow '@base' (test.ini:1)\n",
                 strchr(ways[i], '=') + 1);
        expect_answer(made, "ioctl", ways[i], wanted);
    }
    expect_answer(made, "ioctl", "cmd=TCGETS fd=0",
                  "ioctl(fd=0, cmd=TCGETS): allow\n  rule: syscalls.allow '@base' (test.ini:1)\n");
    made_free(made);
}

static void what_is_not_given_is_told(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    expect_answer(made, "ioctl", "fd=0",
                  "ioctl(fd=0): depends on cmd\n"
                  "  where cmd is TIOCSTI, TIOCLINUX, TIOCSETD, TIOCEXCL, TIOCCONS, TCXONC, "
                  "TIOCSSERIAL or TIOCVHANGUP: errno EPERM\n"
                  "    rule: house rule on cmd: " TERMINAL "  else: allow\n"
                  "    rule: syscalls.allow '@base' (test.ini:1)\n");
    expect_answer(made, "openat", "",
                  "openat(): depends on flags and mode\n"
                  "  where flags has O_CREAT or O_TMPFILE, and mode has S_ISGID or S_ISUID: errno "
                  "EPERM\n"
                  "    rule: house rule on flags and mode: " SET_ID "  else: allow\n"
                  "    rule: syscalls.allow '@base' (test.ini:1)\n");
    expect_answer(made, "openat", "flags=O_CREAT|O_WRONLY",
                  "openat(flags=O_CREAT|O_WRONLY): depends on mode\n"
                  "  where mode has S_ISGID or S_ISUID: errno EPERM\n"
                  "    rule: house rule on flags and mode: " SET_ID "  else: allow\n"
                  "    rule: syscalls.allow '@base' (test.ini:1)\n");
    expect_answer(made, "openat", "mode=04755",
                  "openat(mode=04755): depends on flags\n"
                  "  where flags has O_CREAT or O_TMPFILE: errno EPERM\n"
                  "    rule: house rule on flags and mode: " SET_ID "  else: allow\n"
                  "    rule: syscalls.allow '@base' (test.ini:1)\n");
    static const char *const sure[] = {"mode=0755", "flags=O_RDONLY", "flags=O_DIRECTORY"};
    for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++) {
        char wanted[256];
        snprintf(wanted, sizeof(wanted),
                 "openat(%s): allow\n  rule: syscalls.allow '@base' (test.ini:1)\n", sure[i]);
        expect_answer(made, "openat", sure[i], wanted);
    }
    expect_answer(made, "prlimit64", "resource=RLIMIT_CPU",
                  "prlimit64(resource=RLIMIT_CPU): depends on pid\n"
                  "  where pid is not 0: errno EPERM\n"
                  "    rule: house rule on pid: a process may set its own limits alone, and names "
                  "itself 0\n"
                  "  else: allow\n"
                  "    rule: syscalls.allow '@base' (test.ini:1)\n");
    made_free(made);
}

/* A rule narrows what passes: a call that is denied depends on nothing. */
static void denied_calls_depend_on_nothing(void **state)
{
    (void)state;
    struct made *made = made_new("execve exit_group");
    expect_answer(made, "ioctl", "",
                  "ioctl(): kill\n  rule: syscalls.default (built in): no list names it\n");
    expect_answer(made, "socket", "domain=AF_PACKET",
                  "socket(domain=AF_PACKET): kill\n"
                  "  rule: syscalls.default (built in): no list names it\n");
    made_free(made);
}

static void the_policy_says_which_rules_there_are(void **state)
{
    (void)state;
    struct made *made = made_new("@base @process unshare");
    struct sbx_error error;
    char *text = ask(made, "unshare", "", &error);
    assert_non_null(text);
    assert_non_null(strstr(text, "depends on flags"));
    assert_non_null(strstr(text, "CLONE_NEWTIME, CLONE_NEWNS, CLONE_NEWCGROUP"));
    free(text);
    text = ask(made, "clone", "", &error);
    assert_non_null(strstr(text, "CLONE_NEWUSER"));
    assert_null(strstr(text, "CLONE_NEWTIME")); /* that bit is a part of clone's signal */
    free(text);
    expect_answer(made, "clone", "flags=CLONE_VM|CLONE_VFORK|SIGCHLD",
                  "clone(flags=CLONE_VM|CLONE_VFORK|SIGCHLD): allow\n"
                  "  rule: syscalls.allow '@process' (test.ini:2)\n");
    text = ask(made, "prctl", "", &error);
    assert_non_null(strstr(text, "option is PR_SET_SECCOMP: errno EPERM"));
    free(text);

    made->policy.namespaces_nested.v = YESNO_YES;
    made_words(made, &made->policy.syscalls_allow, "seccomp");
    expect_answer(made, "unshare", "flags=CLONE_NEWUSER",
                  "unshare(flags=CLONE_NEWUSER): allow\n"
                  "  rule: syscalls.allow 'unshare' (test.ini:3)\n");
    expect_answer(made, "prctl", "option=PR_SET_SECCOMP",
                  "prctl(option=PR_SET_SECCOMP): allow\n"
                  "  rule: syscalls.allow '@process' (test.ini:2)\n");
    made_free(made);
}

static void families_come_from_the_profile(void **state)
{
    (void)state;
    struct made *made = made_new("@base socket");
    struct item *items = (struct item *)made->policy.network_families.items;
    made->policy.network_refused =
        (struct value_action){.kind = ACTION_KILL, .origin = {.file = "test.ini", .line = 9}};
    items[1].text = "inet";
    expect_answer(made, "socket", "family=AF_INET type=SOCK_STREAM|SOCK_CLOEXEC",
                  "socket(domain=AF_INET, type=SOCK_STREAM|SOCK_CLOEXEC): allow\n"
                  "  rule: syscalls.allow 'socket' (test.ini:2), and network.families 'inet' "
                  "(test.ini:2)\n");
    expect_answer(made, "socket", "domain=AF_NETLINK",
                  "socket(domain=AF_NETLINK): kill\n"
                  "  rule: network.refused (test.ini:9): network.families does not name it\n"
                  "  without it: allow, by syscalls.allow 'socket' (test.ini:2)\n");
    expect_answer(
        made, "socket", "",
        "socket(): depends on domain and type\n"
        "  where domain is not AF_UNIX, AF_INET or AF_INET6: kill\n"
        "    rule: network.refused (test.ini:9): network.families does not name it\n"
        "  where domain is AF_INET, and type & 0xf is SOCK_PACKET: errno EAFNOSUPPORT\n"
        "    rule: house rule on domain and type: SOCK_PACKET makes a socket of the family "
        "packet, which network.families does not name\n"
        "  else: allow\n"
        "    rule: syscalls.allow 'socket' (test.ini:2), and network.families "
        "(test.ini:1)\n");
    made->policy.network_families.count = 0;
    expect_answer(made, "socket", "",
                  "socket(): depends on domain\n"
                  "  where domain is AF_UNIX: errno EAFNOSUPPORT\n"
                  "    rule: house rule on domain: the C library asks for it, to look for a name "
                  "cache\n"
                  "  else: kill\n"
                  "    rule: network.refused (test.ini:9): network.families does not name it\n");
    made->policy.network_refused.kind = ACTION_ERRNO;
    made->policy.network_refused.error = EAFNOSUPPORT;
    struct sbx_error error;
    char *text = ask(made, "socket", "", &error);
    assert_int_equal(strncmp(text, "socket(): errno EAFNOSUPPORT\n", 29), 0); /* in any case */
    free(text);
    made_free(made);
}

static void high_words_are_told(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    expect_answer(made, "prlimit64", "pid=0x700000000",
                  "prlimit64(pid=0x700000000): allow\n"
                  "  rule: syscalls.allow '@base' (test.ini:1)\n"
                  "  note: pid has 32 bits: of 0x700000000 the kernel takes the low word alone, "
                  "0x0\n");
    expect_answer(made, "read", "fd=-1 count=0xffffffffff", /* a sign, and 64 bits: no note */
                  "read(fd=-1, count=0xffffffffff): allow\n"
                  "  rule: syscalls.allow '@base' (test.ini:1)\n");
    expect_answer(made, "openat", "dirfd=AT_FDCWD flags=0",
                  "openat(dirfd=AT_FDCWD, flags=0): allow\n"
                  "  rule: syscalls.allow '@base' (test.ini:1)\n");
    made_free(made);
}

/* ---- errors --------------------------------------------------------------------------------- */

static void faults_in_the_question(void **state)
{
    static const struct {
        const char *call, *arguments, *text, *hint;
    } rows[] = {
        {"opeant", "", "unknown system call 'opeant'", "did you mean 'openat'?"},
        {"zzz_zzz_zzz", "", "unknown system call 'zzz_zzz_zzz'", "by its number"},
        {"socket", "domain=unix", "'unix' is not known as a value of 'domain'", "'AF_UNIX'"},
        {"", "", "unknown system call ''", ""},
        {"@base", "", "unknown system call '@base'", "one call of the group"},
        {"1073741824", "", "no number of a system call", ""}, /* of another ABI */
        {"socketcall", "", "this architecture has no system call 'socketcall'", ""},
        {"ioctl", "cmmd=1", "ioctl has no argument 'cmmd'", "did you mean 'cmd'?"},
        {"ioctl", "zzzzzz=1", "ioctl has no argument 'zzzzzz'", "its arguments: fd, cmd, argp"},
        {"ioctl", "arg3=1", "ioctl has no argument 'arg3'", ""},
        {"ioctl", "arg6=1", "ioctl has no argument 'arg6'", ""},
        {"getpid", "arg0=1", "getpid has no argument 'arg0'", "its arguments: none"},
        {"rseq", "flags=1", "its arguments are not known", "arg0 to arg5"},
        {"ioctl", "cmd", "'cmd' is no argument with a value", "NAME=VALUE"},
        {"ioctl", "=1", "'=1' is no argument with a value", "NAME=VALUE"},
        {"ioctl", "cmd=", "'' is no value of 'cmd'", "joined by '|'"},
        {"ioctl", "cmd=1|", "'1|' is no value of 'cmd'", "joined by '|'"},
        {"ioctl", "cmd=|1", "'|1' is no value of 'cmd'", "joined by '|'"},
        {"ioctl", "cmd=1 cmd=1", "'cmd' is given twice", ""},
        {"ioctl", "cmd=1 arg1=1", "'arg1' is given twice", ""},
        {"ioctl", "cmd=TIOCSTX", "'TIOCSTX' is not known", "did you mean 'TIOCSTI'?"},
        {"ioctl", "cmd=AF_UNIX", "'AF_UNIX' is no value of 'cmd'", ""},
        {"ioctl", "cmd=08", "'08' is no number", "as in C"},
        {"ioctl", "cmd=0x", "'0x' is no number", "as in C"},
        {"ioctl", "cmd=1.5", "'1.5' is no number", "as in C"},
        {"ioctl", "cmd=--1", "'--1' is no number", "as in C"},
        {"ioctl", "cmd=+1", "'+1' is not known", ""},
        {"ioctl", "cmd=18446744073709551616", "is no number of at most 64 bits", ""},
        {"ioctl", "cmd=-9223372036854775809", "is no number of at most 64 bits", ""},
        {"openat", "pathname=/etc/passwd", "no filter can see", "[files]"},
        {"openat", "arg1=0", "no filter can see", "registers"},
        {"execve", "argv=0", "no filter can see", ""},
    };
    (void)state;
    struct made *made = made_new("@base");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect_refusal(made, rows[i].call, rows[i].arguments, rows[i].text, rows[i].hint);
    made_free(made);
}

static void a_policy_that_can_run_nowhere(void **state)
{
    struct sbx_error error = {0};
    (void)state;
    struct made *made = made_new("read exit_group");
    assert_null(ask(made, "read", "", &error));
    assert_int_equal(error.code, SBX_E_PROFILE);
    assert_non_null(strstr(error.text, "does not name execve"));
    made_free(made);
}

/* Names of files come from the machine. */
static void nothing_reaches_the_terminal_raw(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    struct item *items = (struct item *)made->policy.syscalls_allow.items;
    items[0].origin.file = "te\033[31mst.ini";
    expect_answer(made, "read", "fd=0",
                  "read(fd=0): allow\n  rule: syscalls.allow '@base' (te\\x1b[31mst.ini:1)\n");
    made_free(made);
}

/* Rules of a call's own section: in the order in which they are asked, and behind each that lets
 * the call through what the house takes back. */
static void rules_of_a_section(void **state)
{
    struct made *made = made_new("@base");
    (void)state;
    made_rule(made, "ioctl", "allow if fd < 3");
    made_rule(made, "ioctl", "errno:13 if cmd == TCGETS");
    expect_answer(made, "ioctl", "fd=7 cmd=TCGETS",
                  "ioctl(fd=7, cmd=TCGETS): errno EACCES\n"
                  "  rule: [syscall ioctl] 'errno:13 if cmd == TCGETS' (test.ini:3)\n");
    expect_answer(made, "ioctl", "fd=7 cmd=0",
                  "ioctl(fd=7, cmd=0): allow\n"
                  "  rule: syscalls.allow '@base' (test.ini:1)\n");
    expect_answer(made, "ioctl", "fd=0 cmd=TIOCSTI",
                  "ioctl(fd=0, cmd=TIOCSTI): errno EPERM\n"
                  "  rule: house rule on cmd: " TERMINAL
                  "  without it: allow, by [syscall ioctl] 'allow if fd < 3' (test.ini:2)\n");
    expect_answer(made, "ioctl", "cmd=TCGETS",
                  "ioctl(cmd=TCGETS): depends on fd\n"
                  "  where fd < 3: allow\n"
                  "    rule: [syscall ioctl] 'allow if fd < 3' (test.ini:2)\n"
                  "  else: errno EACCES\n"
                  "    rule: [syscall ioctl] 'errno:13 if cmd == TCGETS' (test.ini:3)\n");
    expect_answer(made, "ioctl", "fd=-1 cmd=1",
                  "ioctl(fd=-1, cmd=1): allow\n" /* the kernel takes an unsigned int */
                  "  rule: syscalls.allow '@base' (test.ini:1)\n");
    made_rule(made, "setns", "allow");
    expect_answer(made, "setns", "",
                  "setns(): errno EPERM\n"
                  "  rule: house rule: joining another namespace needs namespaces.nested = yes\n"
                  "  without it: allow, by [syscall setns] 'allow' (test.ini:4)\n");
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_word_that_decides_is_named),
        cmocka_unit_test(calls_without_a_number_in_the_table),
        cmocka_unit_test(newer_calls_have_numbers),
        cmocka_unit_test(house_rules_on_whole_calls),
        cmocka_unit_test(an_argument_decides),
        cmocka_unit_test(what_is_not_given_is_told),
        cmocka_unit_test(rules_of_a_section),
        cmocka_unit_test(denied_calls_depend_on_nothing),
        cmocka_unit_test(the_policy_says_which_rules_there_are),
        cmocka_unit_test(families_come_from_the_profile),
        cmocka_unit_test(high_words_are_told),
        cmocka_unit_test(faults_in_the_question),
        cmocka_unit_test(a_policy_that_can_run_nowhere),
        cmocka_unit_test(nothing_reaches_the_terminal_raw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
