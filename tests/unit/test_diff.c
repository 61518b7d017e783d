/* SPDX-License-Identifier: MIT
 *
 * test_diff.c - what one policy allows that another one does not. Each difference is looked at from
 * both sides, and against itself.
 */
#include "explain/diff.h"
#include "test_policy.h"
#include <stdbool.h>

enum { SETS_MAX = 6 };

/* A policy of the base profile with some overrides. */
static struct sbx_policy *with(const char *const *sets)
{
    size_t count = 0;
    while (count < SETS_MAX && sets[count])
        count++;
    file_text("base.ini", "[profile]\ndescription = base\n[syscalls]\nallow = @base\n");
    return load_with("base.ini", sets, count);
}

static char *diff_of(const struct sbx_policy *a, const struct sbx_policy *b, bool *equal)
{
    struct sbx_error error = {0};
    char *text = NULL;
    if (sbx_policy_diff(a, b, equal, &text, &error) != 0)
        fail_msg("%s (%s)", error.text, error.hint);
    assert_non_null(text);
    return text;
}

/* The lines below a title, without the title itself; in a buffer of the function's own. */
static const char *section(const char *text, const char *title)
{
    static char found[65536];
    const char *start = strstr(text, title);
    assert_non_null(start);
    start += strlen(title);
    const char *end = start;
    while (*end && (end[0] != '\n' || end[1] == ' '))
        end++;
    assert_true((size_t)(end - start) < sizeof(found));
    memcpy(found, start, (size_t)(end - start));
    found[end - start] = '\0';
    return found;
}

#define MORE  "\nallows more:"
#define LESS  "\nallows less:"
#define OTHER "\ndiffers:"

static void in_section(const char *text, const char *title, const char *part)
{
    if (!strstr(section(text, title), part))
        fail_msg("'%s' is not below '%s':\n%s", part, title + 1, text);
}

static const char *opposite(const char *title)
{
    return strcmp(title, MORE) == 0 ? LESS : strcmp(title, LESS) == 0 ? MORE : OTHER;
}

/* A difference that goes one way alone: `part` is what is said of it. */
static void one_way(const struct sbx_policy *a, const struct sbx_policy *b, const char *title,
                    const char *part)
{
    bool equal = true;
    char *text = diff_of(a, b, &equal);
    assert_false(equal);
    in_section(text, title, part);
    static const char *const titles[] = {MORE, LESS, OTHER};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(titles[i], title) != 0)
            in_section(text, titles[i], " nothing");
    free(text);
}

static void same(const struct sbx_policy *a, const struct sbx_policy *b)
{
    bool equal = false;
    char *text = diff_of(a, b, &equal);
    if (!equal || !strstr(text, "\nno difference\n"))
        fail_msg("not equal:\n%s", text);
    free(text);
}

#define SETS(...) ((const char *const[SETS_MAX + 1]){__VA_ARGS__})

/* From one side, from the other, and against itself. */
static void check_sets(const char *const *first, const char *const *second, const char *title,
                       const char *part, const char *back)
{
    struct sbx_policy *a = with(first), *b = with(second);
    one_way(a, b, title, part);
    one_way(b, a, opposite(title), back);
    same(a, a);
    same(b, b);
    policy_free(a);
    policy_free(b);
}

static void check(const char *first, const char *second, const char *title, const char *part,
                  const char *back)
{
    check_sets(SETS(first), SETS(second), title, part, back);
}

static void check_same(const char *const *first, const char *const *second)
{
    struct sbx_policy *a = with(first), *b = with(second);
    same(a, b);
    same(b, a);
    policy_free(a);
    policy_free(b);
}

/* ---- scalars -------------------------------------------------------------------------------- */

static void numbers(void **state)
{
    (void)state;
    check("limits.memory=256M", "limits.memory=512M", MORE, "limits.memory        256M -> 512M",
          "512M -> 256M");
    check("limits.memory=1G", "limits.memory=unlimited", MORE, "1G -> unlimited",
          "unlimited -> 1G");
    check("limits.cpu_time=999ms", "limits.cpu_time=1s", MORE, "999ms -> 1s", "1s -> 999ms");
    check("limits.pids=9", "limits.pids=10", MORE, "9 -> 10", "10 -> 9");
    check("process.nice=3", "process.nice=4", LESS, "3 -> 4", "4 -> 3");
    check("identity.uid=7", "identity.uid=8", OTHER, "7 -> 8", "8 -> 7");
    check_same(SETS("limits.memory=1G"), SETS("limits.memory=1024M"));
}

static void words(void **state)
{
    (void)state;
    check("namespaces.ipc=private", "namespaces.ipc=host", MORE, "private -> host",
          "host -> private");
    check("network.mode=loopback", "network.mode=host", MORE, "loopback -> host",
          "host -> loopback");
    check("root.base=host", "root.base=empty", LESS, "host -> empty", "empty -> host");
    check("environment.clear=yes", "environment.clear=no", MORE, "yes -> no", "no -> yes");
    check("limits.enforce=strict", "limits.enforce=best-effort", MORE, "strict -> best-effort",
          "best-effort -> strict");
}

/* Ports are compared as sets, however they are written. */
static void ports(void **state)
{
    (void)state;
    check("network.tcp_connect=any", "network.tcp_connect=443", LESS, "any -> 443", "443 -> any");
    check("network.tcp_connect=80", "network.tcp_connect=80 443", MORE, "80 -> 80 443",
          "80 443 -> 80");
    check("network.tcp_connect=80", "network.tcp_connect=", LESS, "80 -> nothing", "nothing -> 80");
    struct sbx_policy *a = with(SETS("network.tcp_connect=8000-8002 8002"));
    struct sbx_policy *b = with(SETS("network.tcp_connect=8002 8000-8001"));
    bool equal = false;
    free(diff_of(a, b, &equal));
    assert_true(equal);
    policy_free(a);
    policy_free(b);
}

static void actions(void **state)
{
    (void)state;
    check("syscalls.unknown=kill", "syscalls.unknown=errno:EPERM", MORE, "kill -> errno:EPERM",
          "errno:EPERM -> kill");
    check("syscalls.unknown=errno:EPERM", "syscalls.unknown=log", MORE, "errno:EPERM -> log",
          "log -> errno:EPERM");
    check("syscalls.unknown=log", "syscalls.unknown=allow", MORE, "log -> allow", "allow -> log");
    check("syscalls.unknown=errno:EPERM", "syscalls.unknown=errno:ENOSYS", OTHER,
          "errno:EPERM -> errno:ENOSYS", "errno:ENOSYS -> errno:EPERM");
    check("network.refused=kill", "network.refused=errno:EACCES", MORE, "network.refused",
          "network.refused");
}

static void texts(void **state)
{
    (void)state;
    check("identity.hostname=one", "identity.hostname=two", OTHER, "one -> two", "two -> one");
    check("root.cwd=/box", "root.cwd=/work", OTHER, "/box -> /work", "/work -> /box");
    check("identity.hostname=one", "identity.hostname=", OTHER, "one -> nothing", "nothing -> one");
}

static void masks(void **state)
{
    (void)state;
    check("process.umask=022", "process.umask=002", MORE, "022 -> 002", "002 -> 022");
    check("process.umask=022", "process.umask=077", LESS, "022 -> 077", "077 -> 022");
    /* 007 is the smaller number, gives the group its write bit, and takes all from the others */
    struct sbx_policy *a = with(SETS("process.umask=022")), *b = with(SETS("process.umask=007"));
    bool equal = true;
    char *text = diff_of(a, b, &equal);
    assert_false(equal);
    in_section(text, MORE, "022 -> 007");
    in_section(text, LESS, "022 -> 007");
    in_section(text, OTHER, " nothing");
    free(text);
    policy_free(a);
    policy_free(b);
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void sets_of_words(void **state)
{
    (void)state;
    check_sets(SETS("identity.uid=0", "capabilities.keep=cap_chown"),
               SETS("identity.uid=0", "capabilities.keep=cap_kill cap_chown"), MORE,
               "capabilities.keep    + cap_kill", "capabilities.keep    - cap_kill");
    check("environment.pass=A", "environment.pass=A B", MORE, "+ B", "- B");
    check("network.families=unix", "network.families=inet unix", MORE, "+ inet", "- inet");
    check_same(SETS("environment.pass=A B C"), SETS("environment.pass=C A B A"));
}

static void optional_words(void **state)
{
    (void)state;
    check("files.ro=/usr/lib", "files.ro=?/usr/lib", OTHER, "/usr/lib -> ?/usr/lib",
          "?/usr/lib -> /usr/lib");
    check_same(SETS("files.ro=/usr/lib ?/usr/lib"), SETS("files.ro=/usr/lib"));
}

static void variables(void **state)
{
    (void)state;
    check("environment.set=A=1 B=2", "environment.set=B=3 A=1", OTHER, "B=2 -> B=3", "B=3 -> B=2");
    check("environment.set=A=1", "environment.set=A=1 B=2", OTHER, "+ B=2", "- B=2");
    check_same(SETS("environment.set=A=1 B=2"), SETS("environment.set=B=2 A=0 A=1"));
}

static void views(void **state)
{
    (void)state;
    check("files.ro=/srv", "files.ro=/srv /opt", MORE, "files.ro             + /opt", "- /opt");
    check("files.ro=/srv", "files.rw=/srv", MORE, "files.ro, rw         /srv -> /srv",
          "files.rw, ro         /srv -> /srv");
    check("files.bind=/a:/t", "files.bind=/a:/t:rw", MORE, "/a:/t -> /a:/t:rw",
          "/a:/t:rw -> /a:/t");
    check("files.bind=/a:/t", "files.bind=/b:/t", OTHER, "/a:/t -> /b:/t", "/b:/t -> /a:/t");
    check("files.bind=/a:/t", "files.bind=/b:/t:rw", MORE, "/a:/t -> /b:/t:rw",
          "/b:/t:rw -> /a:/t");
    check("files.bind=/a:/t", "files.bind=/a:/t /a:/u", MORE, "+ /a:/u", "- /a:/u");
    check("files.rw=/srv:noexec", "files.rw=/srv", MORE, "/srv:noexec -> /srv",
          "/srv -> /srv:noexec");
    check("files.bind=/a:/t:noexec,nosymfollow", "files.bind=/a:/t:noexec", MORE,
          "/a:/t:noexec,nosymfollow -> /a:/t:noexec", "/a:/t:noexec -> /a:/t:noexec,nosymfollow");
    check("files.rw=/srv /srv/a:noexec", "files.rw=/srv", MORE, "- /srv/a:noexec, on top of /srv",
          "+ /srv/a:noexec, on top of /srv");
    check_same(SETS("files.ro=/srv:noexec"), SETS("files.bind=/srv:/srv:ro,noexec"));
    check_same(SETS("files.ro=/srv"), SETS("files.bind=/srv:/srv"));
    check_same(SETS("files.rw=/srv"), SETS("files.bind=/srv:/srv:rw"));
}

/* What lies on something else narrows it: without it, what is below comes to light. */
static void layers(void **state)
{
    (void)state;
    check_sets(SETS("files.rw=/srv", "files.ro=/srv/a"), SETS("files.rw=/srv"), MORE,
               "files.ro             - /srv/a, on top of /srv (files.rw)",
               "files.ro             + /srv/a, on top of /srv (files.rw)");
    check_sets(SETS("files.ro=/srv"), SETS("files.ro=/srv", "files.rw=/srv/a"), MORE, "+ /srv/a",
               "- /srv/a");
    check_sets(SETS("files.rw=/srv", "files.tmpfs=/srv/a"), SETS("files.rw=/srv"), MORE,
               "- /srv/a, on top of /srv (files.rw)", "+ /srv/a, on top of /srv (files.rw)");
    check_sets(SETS("files.ro=/srv", "files.symlink=x:/srv/a/b"), SETS("files.ro=/srv"), MORE,
               "- x:/srv/a/b, on top of /srv", "+ x:/srv/a/b, on top of /srv");
    check_sets(SETS("files.rw=/srv", "files.hide=/srv/a"), SETS("files.rw=/srv"), MORE,
               "- /srv/a, on top of /srv (files.rw)", "+ /srv/a, on top of /srv (files.rw)");
    check_sets(SETS("files.rw=/srv", "files.hide=/srv/a"),
               SETS("files.rw=/srv", "files.hide=/srv/a", "files.ro=/srv/a/b"), MORE, "+ /srv/a/b",
               "- /srv/a/b");
    check("files.text=/t=a", "files.text=/t=b", OTHER, "/t=a -> /t=b", "/t=b -> /t=a");
    check("files.text=/t=a", "files.text=", OTHER, "- /t=a", "+ /t=a");
    check_sets(SETS("files.ro=/srv", "files.text=/srv/a=x"), SETS("files.ro=/srv"), MORE,
               "- /srv/a=x, on top of /srv", "+ /srv/a=x, on top of /srv");
    check("files.mqueue=none", "files.mqueue=private", MORE, "none -> private", "private -> none");
    check("files.proc=private", "files.proc=pids", LESS, "private -> pids", "pids -> private");
    check("files.noexec=/tmp", "files.noexec=", MORE, "- /tmp", "+ /tmp");
    check("files.hide=/usr/share", "files.hide=", MORE, "- /usr/share, on top of the system's",
          "+ /usr/share, on top of the system's");
    check_sets(SETS("files.bind=/srv:/srv /b:/srv/a"), SETS("files.ro=/srv"), OTHER,
               "- /b:/srv/a, on top of /srv", "+ /b:/srv/a, on top of /srv");
    check_sets(SETS("files.bind=/srv:/srv:rw /b:/srv/a"), SETS("files.rw=/srv"), MORE,
               "- /b:/srv/a, on top of /srv", "+ /b:/srv/a, on top of /srv");
    check("files.ro=/srv ?/srv/a", "files.ro=/srv", OTHER, "- ?/srv/a", "+ ?/srv/a");
    /* The nearest one below counts, and a name that only begins alike is none. */
    check_sets(SETS("files.rw=/srv", "files.tmpfs=/srv/a /srv/a/b"),
               SETS("files.rw=/srv", "files.tmpfs=/srv/a"), LESS, "- /srv/a/b  (", "+ /srv/a/b  (");
    check("files.ro=/srv /srvx", "files.ro=/srv", LESS, "- /srvx  (", "+ /srvx  (");
    /* What is shown in the same way already says nothing. */
    check_same(SETS("files.ro=/srv /srv/a"), SETS("files.ro=/srv"));
    check_same(SETS("files.bind=/x:/h:rw /x/y:/h/y:rw"), SETS("files.bind=/x:/h:rw"));
    check_same(SETS("files.ro=/usr/lib"), SETS("files.ro="));
}

/* A tmpfs on what is read-only hides something, and is room for something: both are said. */
static void layers_with_room(void **state)
{
    (void)state;
    static const char *const below[] = {"files.ro=/usr/share", "files.ro="};
    for (size_t i = 0; i < 2; i++) {
        struct sbx_policy *a = with(SETS(below[i], "files.tmpfs=/usr/share/a"));
        struct sbx_policy *b = with(SETS(below[i]));
        char *text = diff_of(a, b, NULL);
        in_section(text, MORE, "- /usr/share/a, on top of ");
        in_section(text, LESS, "- /usr/share/a, on top of ");
        in_section(text, OTHER, " nothing");
        free(text);
        policy_free(a);
        policy_free(b);
    }
}

static void mounts(void **state)
{
    (void)state;
    check("files.tmpfs=/t:size=1M", "files.tmpfs=/t:size=2M", MORE, "/t:size=1M -> /t:size=2M",
          "/t:size=2M -> /t:size=1M");
    check("files.tmpfs=/t", "files.tmpfs=/t:size=1M", LESS, "/t -> /t:size=1M", "/t:size=1M -> /t");
    check("files.tmpfs=/t:inodes=5", "files.tmpfs=/t:inodes=6", MORE, "inodes=6", "inodes=5");
    check("files.tmpfs=/t:mode=700", "files.tmpfs=/t:mode=711", OTHER, "0711", "0700");
    check("files.tmpfs=/t", "files.tmpfs=/t /u", MORE, "+ /u", "- /u");
    check_same(SETS("files.tmpfs=/t"), SETS("files.tmpfs=/t:mode=1777,size=64M"));
    check("files.symlink=a:/l", "files.symlink=b:/l", OTHER, "a:/l -> b:/l", "b:/l -> a:/l");
    check("files.symlink=a:/l", "files.symlink=a:/l a:/m", MORE, "+ a:/m", "- a:/m");
    /* More bytes and fewer files: both are said. */
    struct sbx_policy *a = with(SETS("files.tmpfs=/t:size=1M,inodes=9"));
    struct sbx_policy *b = with(SETS("files.tmpfs=/t:size=2M,inodes=8"));
    char *text = diff_of(a, b, NULL);
    in_section(text, MORE, "size=2M");
    in_section(text, LESS, "size=2M");
    free(text);
    policy_free(a);
    policy_free(b);
}

/* ---- system calls --------------------------------------------------------------------------- */

static void calls(void **state)
{
    (void)state;
    check("syscalls.errno=ptrace", "syscalls.errno=", LESS,
          "system calls         - ptrace (errno:EPERM -> kill)", "+ ptrace (kill -> errno:EPERM)");
    check("syscalls.allow=@base", "syscalls.allow=@base mkdirat", MORE, "+ mkdirat (kill -> allow)",
          "- mkdirat (allow -> kill)");
    check("syscalls.log=", "syscalls.log=mkdirat", MORE, "+ mkdirat (kill -> log)",
          "- mkdirat (log -> kill)");
    check("syscalls.errno=mkdirat", "syscalls.errno=mkdirat:ENOSYS", OTHER,
          "~ mkdirat (errno:EPERM -> errno:ENOSYS)", "~ mkdirat (errno:ENOSYS -> errno:EPERM)");
    /* The same verdicts in other words. */
    check_same(SETS("syscalls.allow=@base"), SETS("syscalls.allow=@base exit_group ?read"));
    check_same(SETS("syscalls.kill=mkdirat"), SETS("syscalls.kill="));
    check_same(SETS("syscalls.allow=@base", "syscalls.default=errno:EPERM"),
               SETS("syscalls.allow=@base", "syscalls.default=errno:EPERM",
                    "syscalls.errno=mkdirat ptrace"));
}

/* Each call that is not named changes with the default, and no call that is. */
/* prctl(PR_SET_SECCOMP) is refused where no list names seccomp. */
static void narrowed_calls(void **state)
{
    (void)state;
    static const char part[] = "prctl (allow";
    check_sets(SETS("syscalls.default=allow"),
               SETS("syscalls.default=allow", "syscalls.allow=@base seccomp"), MORE, part, part);
    check_same(SETS("syscalls.default=allow", "syscalls.allow=@base prctl"),
               SETS("syscalls.default=allow"));
}

static void the_default(void **state)
{
    (void)state;
    struct sbx_policy *a = with(SETS("syscalls.default=kill"));
    struct sbx_policy *b = with(SETS("syscalls.default=errno:EPERM"));
    char *text = diff_of(a, b, NULL);
    in_section(text, MORE, "+ mkdirat (kill -> errno:EPERM)");
    in_section(text, LESS, " nothing");
    in_section(text, OTHER, " nothing");
    assert_null(strstr(text, " execve "));
    free(text);
    policy_free(a);
    policy_free(b);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void about_the_profile(void **state)
{
    (void)state;
    file_text("one.ini", "[profile]\ndescription = one\n[syscalls]\nallow = @base\n");
    file_text("two.ini", "[profile]\nextends = one\ndescription = \"t\\x1bwo\"\n");
    struct sbx_policy *a = load("one.ini"), *b = load("two.ini");
    bool equal = false;
    char *text = diff_of(a, b, &equal);
    assert_true(equal);
    assert_string_equal(text, "one.ini -> two.ini\nno difference\n");
    free(text);
    policy_free(a);
    policy_free(b);
}

static void where_it_comes_from(void **state)
{
    (void)state;
    file_text("one.ini", "[limits]\nmemory = 1M\n[syscalls]\nallow = @base\n");
    struct sbx_policy *a = load("one.ini");
    struct sbx_policy *b = load_with("one.ini", SETS("files.ro+=/srv", "limits.memory=2M"), 2);
    char *text = diff_of(a, b, NULL);
    assert_string_equal(text, "one.ini -> one.ini --set files.ro+=/srv --set limits.memory=2M\n"
                              "allows more:\n"
                              "    files.ro             + /srv  (--set:1:11)\n"
                              "    limits.memory        1M -> 2M  (one.ini:2:10 -> --set:2:15)\n"
                              "allows less: nothing\n"
                              "differs: nothing\n");
    free(text);
    policy_free(a);
    policy_free(b);
}

/* What can run nowhere is an error, whichever of the two it is; nothing else is touched. */
static void no_meaning(void **state)
{
    (void)state;
    struct sbx_policy *good = with(SETS(NULL));
    struct sbx_policy *bad = with(SETS("capabilities.keep=cap_kill"));
    struct sbx_error error = {0};
    char *text = (char *)&error;
    bool equal = true;
    assert_int_equal(sbx_policy_diff(good, bad, &equal, &text, &error), -1);
    assert_int_equal(error.code, SBX_E_PROFILE);
    assert_int_equal(sbx_policy_diff(bad, good, &equal, &text, &error), -1);
    assert_int_equal(error.code, SBX_E_PROFILE);
    assert_ptr_equal(text, &error);
    assert_true(equal);
    policy_free(good);
    policy_free(bad);
}

/* The rules of each call, as `text (line -> line)`; what they mean is not asked. */
static void rules(void **state)
{
    static const char expected[] = "socket: allow if b -> log if b (3 -> 3)\n"
                                   "- socket: log if c (3 -> 0)\n"
                                   "?bind -> bind (6 -> 5)\n"
                                   "+ bind: log if x (0 -> 5)\n"
                                   "- accept: kill (8 -> 0)\n"
                                   "+ connect: allow (0 -> 7)\n";
    char told[1024] = "";
    size_t used = 0;
    (void)state;
    file_text("a.ini", "[syscall socket]\nrules = allow if a\n allow if b log if c\n  kill\n"
                       "[syscall ?bind]\nrules = kill\n[syscall accept]\nrules = kill\n");
    file_text("b.ini", "[syscall socket]\nrules = allow if a\n log if b kill\n"
                       "[syscall bind]\nrules = log if x kill\n[syscall connect]\nrules = allow\n");
    struct sbx_policy *a = load("a.ini"), *b = load("b.ini");
    struct diff diff = {.a = a, .b = b};
    diff.more.tail = &diff.more.first;
    diff.less.tail = &diff.less.first;
    diff.other.tail = &diff.other.first;
    diff_rules(&diff);
    assert_true(!diff.broken && !diff.more.first && !diff.less.first);
    for (const struct change *change = diff.other.first; change; change = change->next)
        used += (size_t)snprintf(told + used, sizeof(told) - used, "%s (%u -> %u)\n", change->text,
                                 change->from ? change->from->line : 0,
                                 change->to ? change->to->line : 0);
    assert_string_equal(told, expected);
    arena_free(&diff.arena);

    diff = (struct diff){.a = b, .b = b};
    diff.other.tail = &diff.other.first;
    diff_rules(&diff);
    assert_null(diff.other.first);
    policy_free(a);
    policy_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers),
        TEST(words),
        TEST(ports),
        TEST(actions),
        TEST(texts),
        TEST(masks),
        TEST(sets_of_words),
        TEST(optional_words),
        TEST(variables),
        TEST(views),
        TEST(layers),
        TEST(layers_with_room),
        TEST(mounts),
        TEST(calls),
        TEST(narrowed_calls),
        TEST(the_default),
        TEST(about_the_profile),
        TEST(where_it_comes_from),
        TEST(no_meaning),
        TEST(rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
