/* SPDX-License-Identifier: MIT
 *
 * Rules on arguments: what the filter that is made of them answers, and what is no rule.
 */
#include "guards/syscalls.h"
#include "seccomp_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#define BASE "@base @file-read @file-write @process @network-client"
#define HIGH UINT64_C(0x100000000)

/* A call with rules, of up to four lines, and what one set of registers gets. */
struct row {
    const char *call, *rules[4];
    long number;
    uint64_t registers[4];
    int64_t answer;
};

static void expect_row(const struct row *row, size_t index)
{
    struct made *made = made_new(BASE);
    for (size_t i = 0; i < 4 && row->rules[i]; i++)
        made_rule(made, row->call, row->rules[i]);
    made_compile(made);
    const uint64_t *r = row->registers;
    const int64_t is = answer4(made, row->number, r[0], r[1], r[2], r[3]);
    if (is != row->answer)
        fail_msg("row %zu: %s: %#llx", index, row->rules[0], (unsigned long long)is);
    made_free(made);
}

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_row(&rows[i], i);
}

#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/* `errno:5` where the condition holds; else what the list gives, which is to allow. */
#define LSEEK(condition, fd, offset, whence, holds)                                                \
    {                                                                                              \
        "lseek", {"errno:5 if " condition}, SYS_lseek, {fd, offset, whence},                       \
            (holds) ? FAILS(5) : ALLOWED                                                           \
    }

/* Of an int the kernel takes the low word, whatever stands above it. */
static void narrow(void **state)
{
    const struct row rows[] = {
        LSEEK("fd == 3", 3, 0, 0, true),
        LSEEK("fd == 3", 4, 0, 0, false),
        LSEEK("fd == 3", HIGH | 3, 0, 0, true),
        LSEEK("fd == 3", UINT64_MAX << 32 | 3, 0, 0, true),
        LSEEK("fd != 3", 3, 0, 0, false),
        LSEEK("fd != 3", HIGH, 0, 0, true),
        LSEEK("fd == -1", UINT32_MAX, 0, 0, true),
        LSEEK("fd == -1", UINT64_MAX, 0, 0, true),
        LSEEK("fd == -1", HIGH - 2, 0, 0, false),
        LSEEK("whence in { SEEK_SET , SEEK_END }", 9, 9, SEEK_END, true),
        LSEEK("whence in { SEEK_SET , SEEK_END }", 9, 9, HIGH | SEEK_SET, true),
        LSEEK("whence in { SEEK_SET , SEEK_END }", 9, 9, SEEK_CUR, false),
        LSEEK("fd & 6", 1, 0, 0, false),
        LSEEK("fd & 6", HIGH * 6, 0, 0, false),
        LSEEK("fd & 6", 2, 0, 0, true),
        LSEEK("fd & 6 == 2", 3, 0, 0, true),
        LSEEK("fd & 6 == 2", 6, 0, 0, false),
        LSEEK("fd & 6 != 2", 6, 0, 0, true),
        LSEEK("fd & 6 in {2, 6}", 4, 0, 0, false),
        LSEEK("( fd & 6 ) in {2, 6}", 7, 0, 0, true),
        LSEEK("fd & ~6 == 0", 6, 0, 0, true),
        LSEEK("fd & ~(2 | 4) == 0", 8, 0, 0, false),
        LSEEK("fd & ~6 == 0", HIGH | 4, 0, 0, true),
        LSEEK("arg0 == 3", 3, 0, 0, true),
    };
    (void)state;
    EXPECT_ROWS(rows);
}

/* Of a long it takes all of it. */
static void wide(void **state)
{
    const struct row rows[] = {
        LSEEK("offset == 7", 0, 7, 0, true),
        LSEEK("offset == 7", 0, HIGH | 7, 0, false),
        LSEEK("offset == 0x100000007", 0, HIGH | 7, 0, true),
        LSEEK("offset == 0x100000007", 0, 7, 0, false),
        LSEEK("offset == 0x100000007", 0, 2 * HIGH | 7, 0, false),
        LSEEK("offset == -1", 0, UINT64_MAX, 0, true),
        LSEEK("offset == -1", 0, UINT32_MAX, 0, false),
        LSEEK("offset in {1, 0x100000001, 0x100000002, 5}", 0, HIGH | 2, 0, true),
        LSEEK("offset in {1, 0x100000001, 0x100000002, 5}", 0, 5, 0, true),
        LSEEK("offset in {1, 0x100000001, 0x100000002, 5}", 0, 2, 0, false),
        LSEEK("offset in {1, 0x100000001, 0x100000002, 5}", 0, HIGH | 5, 0, false),
        LSEEK("offset & 0x300000000", 0, 3, 0, false),
        LSEEK("offset & 0x300000000", 0, HIGH, 0, true),
        LSEEK("offset & 0x300000001", 0, 1, 0, true),
        LSEEK("offset & 0x300000001", 0, 2, 0, false),
        LSEEK("offset & 0x300000001 == 0x100000001", 0, HIGH | 3, 0, true),
        LSEEK("offset & 0x300000001 == 0x100000001", 0, 3 * HIGH | 1, 0, false),
        LSEEK("offset & 0xff == 7", 0, HIGH | 7, 0, true),
        LSEEK("offset & ~0xff == 0", 0, 0xff, 0, true),
        LSEEK("offset & ~0xff == 0", 0, HIGH, 0, false),
    };
    (void)state;
    EXPECT_ROWS(rows);
}

/* fd and offset have a sign, and what is left under a mask has none. */
static void order(void **state)
{
    const struct row rows[] = {
        LSEEK("fd < 3", 2, 0, 0, true),
        LSEEK("fd < 3", 3, 0, 0, false),
        LSEEK("fd < 3", UINT32_MAX, 0, 0, true),
        LSEEK("fd < 3", HIGH | 5, 0, 0, false),
        LSEEK("fd <= 3", 3, 0, 0, true),
        LSEEK("fd <= 3", 4, 0, 0, false),
        LSEEK("fd > 3", 3, 0, 0, false),
        LSEEK("fd > 3", 4, 0, 0, true),
        LSEEK("fd > 3", 0x80000000, 0, 0, false),
        LSEEK("fd >= 3", 3, 0, 0, true),
        LSEEK("fd < 0", 0x80000000, 0, 0, true),
        LSEEK("fd < 0", 0x7fffffff, 0, 0, false),
        LSEEK("fd < -5", (uint32_t)-6, 0, 0, true),
        LSEEK("fd < -5", (uint32_t)-5, 0, 0, false),
        LSEEK("fd < -5", 5, 0, 0, false),
        LSEEK("fd >= -5", 5, 0, 0, true),
        LSEEK("fd <= 0x7fffffff", 0x7fffffff, 0, 0, true),
        LSEEK("fd <= 0x7fffffff", 0x80000000, 0, 0, true),
        LSEEK("fd > 0x7fffffff", 0x7fffffff, 0, 0, false),
        LSEEK("fd <= -1", UINT32_MAX, 0, 0, true),
        LSEEK("fd <= -1", 0, 0, 0, false),
        LSEEK("fd & 0xf0 >= 0x20", 0x1f, 0, 0, false),
        LSEEK("fd & 0xf0 >= 0x20", 0x2f, 0, 0, true),
        LSEEK("fd & 0xffffffff > 5", 0x80000000, 0, 0, true),
        LSEEK("offset < 0x200000001", 0, 2 * HIGH, 0, true),
        LSEEK("offset < 0x200000001", 0, 2 * HIGH | 1, 0, false),
        LSEEK("offset < 0x200000001", 0, 3 * HIGH, 0, false),
        LSEEK("offset < 0x200000001", 0, HIGH | 5, 0, true),
        LSEEK("offset < 0x200000001", 0, UINT64_MAX, 0, true),
        LSEEK("offset > -0x100000000", 0, -HIGH, 0, false),
        LSEEK("offset > -0x100000000", 0, -HIGH + 1, 0, true),
        LSEEK("offset > -0x100000000", 0, 1, 0, true),
        LSEEK("offset > -0x100000000", 0, -2 * HIGH, 0, false),
        {"getrandom", {"errno:5 if buflen > 256"}, SYS_getrandom, {0, HIGH}, FAILS(5)},
        {"getrandom", {"errno:5 if buflen > 256"}, SYS_getrandom, {0, UINT64_MAX}, FAILS(5)},
        {"getrandom", {"errno:5 if buflen > 256"}, SYS_getrandom, {0, 256}, ALLOWED},
        {"getrandom", {"errno:5 if buflen <= 0xffffffffffffffff"}, SYS_getrandom, {0}, FAILS(5)},
        {"getrandom", {"errno:5 if flags < 0"}, SYS_getrandom, {0, 0, UINT64_MAX}, ALLOWED},
    };
    (void)state;
    EXPECT_ROWS(rows);
}

static void joined(void **state)
{
    const struct row rows[] = {
        LSEEK("fd == 1 && whence == 1", 1, 0, 1, true),
        LSEEK("fd == 1 && whence == 1", 1, 0, 2, false),
        LSEEK("fd == 1 || whence == 1", 2, 0, 1, true),
        LSEEK("fd == 1 || whence == 1", 2, 0, 2, false),
        /* "and" binds more tightly. */
        LSEEK("fd == 1 || fd == 2 && whence == 1", 1, 0, 2, true),
        LSEEK("( fd == 1 || fd == 2 ) && whence == 1", 1, 0, 2, false),
        LSEEK("! ( fd == 1 || whence == 1 )", 2, 0, 2, true),
        LSEEK("! ( fd == 1 || whence == 1 )", 2, 0, 1, false),
        LSEEK("! ( fd == 1 && ! ( whence == 1 ) )", 1, 0, 1, true),
        LSEEK("! ( fd == 1 && ! ( whence == 1 ) )", 1, 0, 2, false),
        LSEEK("! fd == 1", 1, 0, 0, false), /* about the comparison */
        LSEEK("! ! fd & 1", 1, 0, 0, true),
        LSEEK("! fd < 3", 3, 0, 0, true),
        LSEEK("( ( fd & 3 ) == 1 )", 5, 0, 0, true),
        LSEEK("( fd & 3 )", 4, 0, 0, false),
    };
    (void)state;
    EXPECT_ROWS(rows);
}

/* The first one that fits decides; what fits none gets what the lists give. */
static void the_first_that_fits(void **state)
{
    const struct row rows[] = {
        {"kill", {"allow if sig == 0", "errno:1 if pid == 1", "allow"}, SYS_kill, {1, 0}, ALLOWED},
        {"kill", {"allow if sig == 0", "errno:1 if pid == 1", "allow"}, SYS_kill, {1, 9}, FAILS(1)},
        {"kill", {"allow if sig == 0", "errno:1 if pid == 1", "kill"}, SYS_kill, {2, 9}, KILLED},
        {"kill", {"errno:1 if sig == SIGKILL"}, SYS_kill, {2, SIGTERM}, ALLOWED},
        {"kill", {"log if sig == SIGKILL"}, SYS_kill, {2, SIGKILL}, LOGGED},
        {"kill", {"errno if sig == SIGKILL"}, SYS_kill, {2, SIGKILL}, FAILS(EPERM)},
        {"ptrace", {"allow if request == PTRACE_TRACEME"}, SYS_ptrace, {0}, ALLOWED},
        {"ptrace", {"allow if request == PTRACE_TRACEME"}, SYS_ptrace, {16}, KILLED},
        {"ptrace", {"allow"}, SYS_ptrace, {16}, ALLOWED},
        {"read", {"kill"}, SYS_read, {16}, KILLED},
    };
    (void)state;
    EXPECT_ROWS(rows);
}

/* What is told is handed over with what it fails with; where nothing is told it fails all the same.
 */
static void a_report_fails_as_it_says(void **state)
{
    (void)state;
    for (int tell = TELL_NONE; tell <= TELL_ALL; tell++) {
        struct made *made = made_new(BASE);
        struct decider *decider = NULL;
        struct sbx_error error = {0};
        const struct call_made call = {.arch = TEST_ARCH, .number = SYS_lseek, .args = {3}};
        const struct host host = {0};
        made->policy.syscalls_tell.v = tell;
        made->policy.limits_open_files.v = 64;
        made_rule(made, "lseek", "report:13 if fd == 3");
        made_rule(made, "lseek", "report if fd == 4");
        assert_int_equal(guard_seccomp.prepare(&made->plan, &host, &error), 0);
        assert_int_equal(answer(made, SYS_lseek, 3, 0),
                         tell == TELL_NONE ? FAILS(13) : (int64_t)SECCOMP_RET_USER_NOTIF);
        assert_int_equal(answer(made, SYS_lseek, 4, 0),
                         tell == TELL_NONE ? FAILS(EPERM) : (int64_t)SECCOMP_RET_USER_NOTIF);
        assert_int_equal(decider_new(&made->policy, &decider, &error), 0);
        assert_int_equal(decider_decide(decider, &call).error, 13);
        decider_free(decider);
        made_free(made);
    }
}

/* The older door to seccomp(2) is open where that is, and not where a section closes it. */
static void the_older_door_follows(void **state)
{
    static const struct {
        const char *rules[2];
        int64_t door;
    } rows[] = {{{NULL}, ALLOWED},
                {{"kill"}, FAILS(EPERM)},
                {{"errno:13"}, FAILS(EPERM)},
                {{"allow if flags == 0", "kill"}, ALLOWED},
                {{"kill if flags != 0"}, ALLOWED}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made *made = made_new(BASE " seccomp");
        for (size_t j = 0; j < 2 && rows[i].rules[j]; j++)
            made_rule(made, "seccomp", rows[i].rules[j]);
        made_compile(made);
        assert_int_equal(answer(made, SYS_prctl, 22, 2), rows[i].door);
        made_free(made);
    }
}

/* What a rule lets through, the house still looks at; what it refuses is refused. */
static void house_rules_stay(void **state)
{
    enum { TIOCSTI_REQUEST = 0x5412 };
    const struct row rows[] = {
        {"ioctl", {"allow if fd == 0"}, SYS_ioctl, {0, TIOCSTI_REQUEST}, FAILS(EPERM)},
        {"ioctl", {"allow if fd == 0"}, SYS_ioctl, {0, HIGH | TIOCSTI_REQUEST}, FAILS(EPERM)},
        {"ioctl", {"allow if fd == 0", "kill"}, SYS_ioctl, {0, 7}, ALLOWED},
        {"ioctl", {"allow if fd == 0", "kill"}, SYS_ioctl, {1, 7}, KILLED},
        {"ioctl", {"kill if cmd == TIOCSTI"}, SYS_ioctl, {0, TIOCSTI_REQUEST}, KILLED},
        {"ioctl", {"kill if fd == 7"}, SYS_ioctl, {0, TIOCSTI_REQUEST}, FAILS(EPERM)},
        {"socket", {"allow"}, SYS_socket, {AF_NETLINK, SOCK_RAW}, FAILS(EAFNOSUPPORT)},
        {"socket",
         {"errno:13 if type & 0xf == SOCK_RAW"},
         SYS_socket,
         {AF_INET, SOCK_RAW},
         FAILS(13)},
        {"socket",
         {"errno:13 if type & 0xf == SOCK_RAW"},
         SYS_socket,
         {AF_INET, SOCK_RAW | SOCK_CLOEXEC},
         FAILS(13)},
        {"socket",
         {"errno:13 if type & 0xf == SOCK_RAW"},
         SYS_socket,
         {AF_INET, SOCK_STREAM},
         ALLOWED},
        {"setns", {"allow"}, SYS_setns, {3, 0}, FAILS(EPERM)},
        {"unshare", {"allow"}, SYS_unshare, {0x10000000}, FAILS(EPERM)},
        {"unshare", {"allow"}, SYS_unshare, {0x400}, ALLOWED},
        {"seccomp", {"allow if flags == 0"}, SYS_prctl, {22, 2}, ALLOWED},
        {"seccomp", {"kill"}, SYS_prctl, {22, 2}, FAILS(EPERM)},
    };
    (void)state;
    EXPECT_ROWS(rows);
}

/* ---- what is no rule ------------------------------------------------------------------------ */

static void expect_bad(const char *call, const char *rule, const char *text, const char *hint)
{
    struct made *made = made_new(BASE);
    const unsigned line = made->line + 1;
    made_rule(made, call, rule);
    expect_error(made, line, text, hint);
    made_free(made);
}

static void errors(void **state)
{
    (void)state;
    expect_bad("openat", "allow if path == 0", "is the address of something", "[files]");
    expect_bad("openat", "allow if pathname & 1", "is the address of something", "[files]");
    expect_bad("openat", "allow if flag == 0", "has no argument 'flag'", "did you mean 'flags'");
    expect_bad("openat", "allow if x1 == 0", "has no argument 'x1'",
               "dirfd, pathname, flags, mode");
    expect_bad("openat", "allow if arg4 == 0", "has no argument 'arg4'", "");
    expect_bad("openat", "allow if flags == O_CRAET", "'O_CRAET' is not known", "'O_CREAT'");
    expect_bad("openat", "allow if flags == AF_UNIX", "'AF_UNIX' is no value of 'flags'", "");
    expect_bad("openat", "allow if flags", "ends where a comparison", "flags & O_CREAT");
    expect_bad("openat", "allow if flags ==", "ends where a constant", "");
    expect_bad("openat", "allow if flags == == 1", "'==' stands where a constant", "");
    expect_bad("openat", "allow if 1 == flags", "'1' stands where the name of an argument", "");
    expect_bad("openat", "allow if flags == 1 flags", "'flags' stands where '&&'", "");
    expect_bad("openat", "allow if flags == 1 &&", "ends where the name of an argument", "");
    expect_bad("openat", "allow if ( flags == 1", "ends where ')'", "");
    expect_bad("openat", "allow if flags == ( 1", "ends where ')'", "");
    expect_bad("openat", "allow if flags in 1", "'1' stands where '{'", "");
    expect_bad("openat", "allow if flags in { 1", "ends where ',' or '}'", "");
    expect_bad("openat", "allow if flags & 0", "a mask of 0", "");
    expect_bad("openat", "allow if flags & 1 == 2", "can never be", "one of the mask");
    expect_bad("openat", "allow if flags == 0x100000000", "32 bits: no room", "");
    expect_bad("openat", "allow if flags < -1", "has no sign", "never below 0");
    expect_bad("openat", "allow if flags == -1 | 2", "can't be joined", "");
    expect_bad("openat", "allow if dirfd < 0x80000000", "one of them the sign", "");
    expect_bad("openat", "allow if dirfd & 7 < -1", "has no sign", "");
    expect_bad("openat", "allow if dirfd == -0x80000001", "no room", "");
    expect_bad("sysfs", "allow if arg0 == 1", "how wide the arguments", "without a condition");
    expect_bad("openatt", "allow", "unknown system call 'openatt'", "openat");
    expect_bad("clone3", "allow", "[syscall clone3] can't let it pass", "allow clone");
    expect_bad("execve", "kill", "[syscall execve] denies execve", "");
}

/* What the kernel makes of a register, where that is less than what the call declares: bits that it
 * drops hide nothing. */
static void taken_less_of(void **state)
{
    const struct row rows[] = {
        {"fchmod", {"errno:5 if mode == 0777"}, SYS_fchmod, {3, 0777}, FAILS(5)},
        {"fchmod", {"errno:5 if mode == 0777"}, SYS_fchmod, {3, 0x10000 | 0777}, FAILS(5)},
        {"fchmod", {"errno:5 if mode == 0777"}, SYS_fchmod, {3, HIGH | 0777}, FAILS(5)},
        {"fchmod", {"errno:5 if mode == 0777"}, SYS_fchmod, {3, 0776}, ALLOWED},
        {"fchmod", {"errno:5 if mode != 0600"}, SYS_fchmod, {3, 0x30000 | 0600}, ALLOWED},
        {"fchmod", {"errno:5 if mode > 0700"}, SYS_fchmod, {3, 0x10000 | 0700}, ALLOWED},
        {"fchmod", {"errno:5 if mode <= 0xffff"}, SYS_fchmod, {3, 0x10000}, FAILS(5)},
        {"fchmod", {"errno:5 if mode & ~0700 == 0"}, SYS_fchmod, {3, 0x10000 | 0700}, FAILS(5)},
        {"openat",
         {"errno:5 if mode in {0666, 0777}"},
         SYS_openat,
         {3, 0, 0, 0x10000 | 0666},
         FAILS(5)},
        {"readv", {"errno:5 if iovcnt == 2"}, SYS_readv, {3, 0, HIGH | 2}, FAILS(5)},
        {"ptrace", {"errno:5 if pid == 1", "allow"}, SYS_ptrace, {16, HIGH | 1}, FAILS(5)},
        {"ptrace", {"errno:5 if op == 16", "allow"}, SYS_ptrace, {HIGH | 16}, ALLOWED},
        {"lseek", {"errno:5 if offset == ~-5"}, SYS_lseek, {0, 4}, FAILS(5)},
    };
    (void)state;
    EXPECT_ROWS(rows);
    struct made *made = made_new(BASE);
    made_rule(made, "mmap", "errno:5 if fd == 3");
    made_compile(made);
    const struct seccomp_data data = {
        .nr = SYS_mmap, .arch = TEST_ARCH, .args = {0, 0, 0, 0, HIGH | 3, 0}};
    assert_int_equal(bpf_sim(&made->plan.seccomp.program, &data), FAILS(5));
    made_free(made);
    expect_bad("fchmod", "allow if mode == 0x10000", "16 bits: no room", "");
}

static void bounds(void **state)
{
    char rule[4096] = "allow if ";
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        text_add(rule, "( ");
    text_add(rule, "fd == 1");
    expect_bad("lseek", rule, "nested more than", "fewer parentheses");
    snprintf(rule, sizeof(rule), "allow if fd == ");
    for (unsigned i = 0; i < 100; i++)
        text_add(rule, "~ ");
    text_add(rule, "1");
    expect_bad("lseek", rule, "nested more than", "fewer parentheses");
    snprintf(rule, sizeof(rule), "allow if fd in { 0");
    for (unsigned i = 1; i < 300; i++)
        text_add(rule, ", %u", i);
    text_add(rule, " }");
    expect_bad("lseek", rule, "256 values", "");
}

/* As many rules as there may be, each with another answer: jumps that reach far. */
static void many_rules(void **state)
{
    struct made *made = made_new(BASE);
    (void)state;
    for (int i = 0; i < 64; i++) {
        char rule[128];
        snprintf(rule, sizeof(rule), "errno:%d if fd == %d || offset in {%d, 0x%d00000000}", i + 1,
                 i, 1000 + i, i + 1);
        made_rule(made, "lseek", rule);
    }
    made_compile(made);
    for (int i = 0; i < 64; i++) {
        assert_int_equal(answer(made, SYS_lseek, (uint64_t)i, 0), FAILS(i + 1));
        assert_int_equal(answer(made, SYS_lseek, 99, (uint64_t)(1000 + i)), FAILS(i + 1));
    }
    assert_int_equal(answer(made, SYS_lseek, 99, 0x9900000000), ALLOWED);
    made_free(made);
}

/* What can't be proved in bounded time is refused, and the profile is told of. */
static void too_intricate(void **state)
{
    struct made *made = made_new(BASE);
    struct sbx_error error = {0};
    char rule[4096] = "errno:5 if";
    (void)state;
    for (unsigned argument = 0; argument < 3; argument++) {
        text_add(rule, "%s arg%u in {0", argument ? " &&" : "", argument);
        for (unsigned i = 1; i < 120; i++)
            text_add(rule, ", %u", i * 3);
        text_add(rule, "}");
    }
    made_rule(made, "lseek", rule);
    if (made_try(made, &error) != 0) {
        assert_int_equal(error.code, SBX_E_PROFILE);
        assert_non_null(strstr(error.hint, "rules"));
        assert_string_equal(error.origin.file, "test.ini");
    } else {
        assert_int_equal(answer4(made, SYS_lseek, 3, 3, 3, 0), FAILS(5));
        assert_int_equal(answer4(made, SYS_lseek, 3, 3, 4, 0), ALLOWED);
    }
    made_free(made);
}

/* A profile must not make a launch wait for its proof: what takes too long is refused soon. */
static void a_proof_takes_no_longer_than_it_may(void **state)
{
    struct made *made = made_new(BASE);
    struct sbx_error error = {0};
    struct timespec start, end;
    (void)state;
    for (unsigned i = 1; i <= 60; i++) {
        char rule[256];
        snprintf(rule, sizeof(rule),
                 "errno:%u if fd & %#x < %u || offset & %#x < %u || whence & %#x < %u", i,
                 i * 40503U % 0xfffff | 1, i, i * 77773U % 0xfffff | 1, i * 7,
                 i * 31337U % 0xfffff | 1, i * 3);
        made_rule(made, "lseek", rule);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    assert_int_equal(made_try(made, &error), -1);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_int_equal(error.code, SBX_E_PROFILE);
    const double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    if (seconds > 3) /* with sanitizers; without some hundredths */
        fail_msg("%g s", seconds);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(narrow),
        cmocka_unit_test(wide),
        cmocka_unit_test(order),
        cmocka_unit_test(joined),
        cmocka_unit_test(the_first_that_fits),
        cmocka_unit_test(a_report_fails_as_it_says),
        cmocka_unit_test(the_older_door_follows),
        cmocka_unit_test(house_rules_stay),
        cmocka_unit_test(errors),
        cmocka_unit_test(taken_less_of),
        cmocka_unit_test(bounds),
        cmocka_unit_test(many_rules),
        cmocka_unit_test(too_intricate),
        cmocka_unit_test(a_proof_takes_no_longer_than_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
