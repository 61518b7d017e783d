/* SPDX-License-Identifier: MIT
 *
 * `sandbox why`: each kind of wall is named, with a change that takes it away; what is printed is
 * tried. What is in nobody's way is not told, and no program holds it up.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { SETS_MAX = 16, LONG = 4096, REFUSED = 3 };

#define WISH(...) LIST(payload("wish"), __VA_ARGS__)
#define WHY(result, ...)                                                                           \
    RUN(result, .verb = "why", .profile = "base", .no_report = true, __VA_ARGS__)

/* The directory of the host that the tests are about; whoever the program is may write there. */
static const char *at(const char *name)
{
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, 256, "%s%s%s", work_path("host"), *name && *name != ':' ? "/" : "", name);
    return path;
}

static void make_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static int make_host(void **state)
{
    (void)state;
    umask(0);
    assert_int_equal(mkdir(at(""), 0777), 0);
    assert_int_equal(chmod(at(""), 0777), 0);
    make_file("data", "data\n", 0666);
    make_file("here", "here\n", 0666);
    make_file("tool", "#!/bin/sh\nexit 0\n", 0777);
    make_file("closed", "closed\n", 0);
    make_file("a \x1b[2J b'c", "odd\n", 0666);
    assert_int_equal(mkfifo(at("pipe"), 0666), 0);
    assert_int_equal(chmod(at("pipe"), 0666), 0);
    assert_int_equal(symlink("data", at("link")), 0);
    return 0;
}

static int remove_host(void **state)
{
    static const char *const names[] = {"data", "here", "tool", "closed", "a \x1b[2J b'c",
                                        "pipe", "link", "new",  "sock"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(at(names[i]));
    unlink(work_path("told"));
    return rmdir(at(""));
}

/* ---- what was printed ----------------------------------------------------------------------- */

/* Takes the words behind each --set from the line of options. */
static size_t read_sets(const struct result *r, char text[LONG], const char *sets[SETS_MAX])
{
    const char *line = strstr(r->err, "all of it, as options:\n");
    size_t count = 0, used = 0;

    sets[0] = NULL;
    if (line == NULL)
        return 0;
    line = strchr(line, '\n') + 1;
    while (strncmp(line += strspn(line, " "), "--set '", 7) == 0 && count + 1 < SETS_MAX) {
        sets[count++] = text + used;
        sets[count] = NULL;
        for (line += 7; *line != '\'' || strncmp(line, "'\\''", 4) == 0;
             line += *line == '\'' ? 4 : 1)
            text[used++] = *line;
        text[used++] = '\0';
        line++;
    }
    assert_true(used < LONG);
    return count;
}

/* The profile that stands at the end, as a file. */
static void try_profile(const struct result *r, const char *const *argv)
{
    const char *text = strstr(r->err, "[profile]\n"), *path = work_path("proposed.ini");
    struct result again;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_non_null(text);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    RUN(&again, .profile = path, .argv = argv);
    expect_outcome(&again, "exited", 0);
    result_free(&again);
    unlink(path);
}

/* What a user would write: the options of the first run, and those that were printed. */
struct trial {
    const char *set[4];
    const char *const *argv;
    const char *told, *fix;
    int status; /* without the change */
};

static void try_one(const struct trial *trial)
{
    const char *sets[SETS_MAX + 4], *printed[SETS_MAX];
    char text[LONG];
    struct result r;
    size_t count = 0, more, i;

    for (; trial->set[count] != NULL; count++)
        sets[count] = trial->set[count];
    sets[count] = NULL;
    RUN(&r, .profile = "base", .set = sets, .argv = trial->argv); /* the control */
    assert_int_equal(r.status, trial->status);
    result_free(&r);
    WHY(&r, .set = sets, .argv = trial->argv);
    if (r.status != trial->status || strstr(r.err, trial->told) == NULL ||
        strstr(r.err, trial->fix) == NULL) {
        result_print(&r);
        fail_msg("not told: %s / %s", trial->told, trial->fix);
    }
    more = read_sets(&r, text, printed);
    assert_true(more > 0);
    if (count == 0) /* a --set of the first run would replace what it says */
        try_profile(&r, trial->argv);
    for (i = 0; i <= more; i++)
        sets[count + i] = printed[i];
    result_free(&r);
    RUN(&r, .profile = "base", .set = sets, .argv = trial->argv);
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

#define TRY(...) try_one(&(const struct trial){.status = REFUSED, __VA_ARGS__})

static char *joined(const char *before, const char *path)
{
    static char texts[8][512];
    static unsigned turn;
    char *text = texts[turn++ % 8];

    snprintf(text, 512, "%s%s", before, path);
    return text;
}

/* ---- walls ---------------------------------------------------------------------------------- */

static void not_shown(void **state)
{
    (void)state;
    TRY(.argv = WISH("read", at("data")),
        .told = "is not shown inside, and it is there on the host",
        .fix = joined("fix: files.ro = ", at("data")));
    TRY(.argv = WISH("write", at("data")), .told = "is not shown inside",
        .fix = joined("fix: files.rw = ", at("data")));
    TRY(.argv = WISH("make", at("new")), .told = "is not shown inside",
        .fix = joined("fix: files.rw = ", at("")));
    unlink(at("new"));
    TRY(.argv = WISH("exec", at("tool")), .told = "execve(",
        .fix = joined("fix: files.ro = ", at("tool")));
    TRY(.argv = WISH("enter", at("")), .told = "chdir(", .fix = joined("fix: files.ro = ", at("")));
}

static void hidden(void **state)
{
    (void)state;
    TRY(.set = {joined("files.ro=", at("")), joined("files.hide=", at("data"))},
        .argv = WISH("read", at("data")), .told = "data is hidden (--set:2)",
        .fix = joined("fix: files.hide = !", at("data")));
}

static void read_only(void **state)
{
    (void)state;
    TRY(.set = {joined("files.ro=", at(""))}, .argv = WISH("write", at("data")),
        .told = "data is read-only inside (--set:1)",
        .fix = joined("fix: files.rw = ", at("data")));
    TRY(.set = {joined("files.ro=", at("data"))}, .argv = WISH("write", at("data")),
        .told = "data is read-only inside", .fix = joined("fix: files.ro = !", at("data")));
    TRY(.set = {joined("files.ro=", at(""))}, .argv = WISH("make", at("new")),
        .told = "host is read-only inside", .fix = joined(", and files.rw = ", at("")));
    TRY(.argv = WISH("make", "/etc/new"), .told = "/etc is read-only inside",
        .fix = "fix: files.tmpfs = /etc\n");
    TRY(.set = {joined("files.ro=", at(""))}, .argv = WISH("remove", at("new")), .told = "unlink",
        .fix = joined(", and files.rw = ", at("")));
    TRY(.set = {joined("files.ro=", at(""))}, .argv = WISH("write", at("link")),
        .told = "is read-only inside", .fix = joined("fix: files.rw = ", at("data")));
}

static void no_exec(void **state)
{
    (void)state;
    TRY(.set = {joined("files.ro=", at(":noexec"))}, .argv = WISH("exec", at("tool")),
        .told = "lies where nothing can be executed (--set:1)", .fix = "fix: files.ro = !");
    TRY(.set = {joined("files.ro=", at("")), joined("files.noexec=", at(""))},
        .argv = WISH("exec", at("tool")), .told = "lies where nothing can be executed (--set:2)",
        .fix = joined("fix: files.noexec = !", at("")));
}

/* A named pipe in a read-only place: the mount lets it be written, Landlock does not. */
static void landlock(void **state)
{
    const char *const *sets = LIST(joined("files.bind=", at(":/pipes")));
    struct result r;
    bool there;

    (void)state;
    RUN(&r, .profile = "base", .argv = LIST("/bin/true"));
    there = strcmp(report_guard(&r, "landlock"), "enforced") == 0;
    result_free(&r);
    if (!there) {
        print_message("no Landlock here\n");
        skip();
    }
    /* not below /tmp, which the program may write: a right counts for all that lies beneath */
    RUN(&r, .profile = "base", .set = sets, .argv = WISH("both", "/pipes/pipe"));
    assert_int_equal(r.status, REFUSED);
    result_free(&r);
    WHY(&r, .set = sets, .argv = WISH("both", "/pipes/pipe"));
    assert_int_equal(r.status, REFUSED);
    expect_word(&r, r.err, "Landlock refuses it: /pipes/pipe is shown without the right to write");
    expect_word(&r, r.err, "fix: say :rw in the word of files.bind that shows it, ");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST(joined(sets[0], ":rw")),
        .argv = WISH("both", "/pipes/pipe"));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

static void permissions(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .set = LIST(joined("files.ro=", at(""))), .argv = WISH("read", at("closed")));
    assert_int_equal(r.status, REFUSED);
    expect_word(&r, r.err, "the permissions of ");
    expect_word(&r, r.err, "fix: no change of the profile: the program is user ");
    assert_null(strstr(r.err, "all of it, as options"));
    result_free(&r);
}

static void network(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .argv = WISH("inet", "127.0.0.1", "9"));
    expect_word(&r, r.err, "127.0.0.1:9 can't be reached: network.mode = none (");
    expect_word(&r, r.err, "fix: network.mode = loopback");
    result_free(&r);
    WHY(&r, .argv = WISH("inet", "192.0.2.1", "80"));
    expect_word(&r, r.err, "fix: network.mode = host");
    expect_word(&r, r.err, "[host-network]"); /* what `check` says of it */
    result_free(&r);
    WHY(&r, .set = LIST("network.mode=loopback"), .argv = WISH("inet", "127.0.0.1", "9"));
    assert_null(strstr(r.err, "can't be reached"));
    result_free(&r);
}

/* Ports are Landlock's, of a kernel that knows them. */
static void ports(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "base",
        .set = LIST("network.mode=loopback", "network.families=inet", "network.tcp_connect=1"),
        .argv = WISH("inet", "127.0.0.1", "9"));
    if (r.status == 125) {
        print_message("no Landlock with ports here\n");
        result_free(&r);
        skip();
    }
    expect_out(&r, "Permission denied\n");
    result_free(&r);
    WHY(&r, .set = LIST("network.mode=loopback", "network.families=inet", "network.tcp_connect=1"),
        .argv = WISH("inet", "127.0.0.1", "9"));
    expect_word(&r, r.err, "network.tcp_connect does not name port 9 (--set:3)");
    expect_word(&r, r.err, "fix: network.tcp_connect = 9\n");
    result_free(&r);
    RUN(&r, .profile = "base",
        .set = LIST("network.mode=loopback", "network.families=inet", "network.tcp_connect=1",
                    "network.tcp_connect+=9"),
        .argv = WISH("inet", "127.0.0.1", "9"));
    expect_out(&r, "Connection refused\n"); /* nobody listens, but it was asked */
    result_free(&r);
}

static void a_socket(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", at("sock"));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(chmod(at("sock"), 0777), 0);
    assert_int_equal(listen(fd, 8), 0);
    TRY(.argv = WISH("unix", at("sock")), .told = "connect(",
        .fix = joined("fix: files.ro = ", at("sock")));
    close(fd);
}

static void system_calls(void **state)
{
    const char *sets[SETS_MAX];
    char text[LONG];
    struct result r;

    (void)state;
    RUN(&r, .verb = "why", .no_report = true, .argv = LIST(payload("denied")));
    assert_int_equal(r.status, 159);
    expect_word(&r, r.err, "ptrace(PTRACE_TRACEME, 0, 0, 0): denied (kill), ");
    expect_word(&r, r.err, "fix: syscalls.allow = ptrace\n");
    expect_word(&r, r.err, "[debug-syscalls]");
    expect_word(&r, r.err, "[profile]\nextends = judge\n\n[syscalls]\nallow =\n    ptrace\n");
    assert_int_equal(read_sets(&r, text, sets), 1);
    result_free(&r);
    RUN(&r, .set = sets, .argv = LIST(payload("denied")));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "ptrace 0\n");
    result_free(&r);
}

/* ---- what is not told ----------------------------------------------------------------------- */

static void nothing_in_the_way(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .argv = LIST(payload("nothing-static")));
    assert_int_equal(r.status, 0);
    expect_word(&r, r.err, "nothing was in the way");
    result_free(&r);
    WHY(&r, .set = LIST(joined("files.ro=", at(""))), .argv = WISH("read", at("nowhere")));
    assert_int_equal(r.status, REFUSED); /* it is nowhere, and that is not the sandbox's doing */
    assert_null(strstr(r.err, "nowhere"));
    result_free(&r);
    WHY(&r, .argv = LIST("/bin/sh", "-c", "echo out; exit 7"));
    assert_int_equal(r.status, 7);
    expect_out(&r, "out\n");
    result_free(&r);
}

static void into_a_file(void **state)
{
    const char *path = work_path("told");
    char text[LONG];
    struct result r;
    ssize_t got;
    int fd;

    (void)state;
    WHY(&r, .options = LIST("--output", path), .argv = WISH("read", at("data")));
    assert_int_equal(r.status, REFUSED);
    assert_string_equal(r.err, "");
    result_free(&r);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    got = read(fd, text, sizeof(text) - 1);
    assert_true(got > 0);
    text[got] = '\0';
    assert_non_null(strstr(text, "fix: files.ro = "));
    close(fd);
    WHY(&r, .options = LIST("--output", "/nowhere/at/all"), .argv = WISH("read", at("data")));
    assert_int_equal(r.status, 125);
    result_free(&r);
}

static void without_a_look_at_files(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .set = LIST("namespaces.nested=yes"), .argv = WISH("read", at("data")));
    assert_int_equal(r.status, REFUSED);
    expect_word(&r, r.err, "files were not watched");
    assert_null(strstr(r.err, "files.ro"));
    result_free(&r);
}

/* ---- hostile programs ----------------------------------------------------------------------- */

static void expect_printable(const struct result *r)
{
    const char *text;

    for (text = r->err; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' && *text != '\n') || *text == 127) {
            result_print(r);
            fail_msg("a control character is told");
        }
}

static void an_odd_name(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .argv = WISH("read", at("a \x1b[2J b'c")));
    expect_printable(&r);
    result_free(&r);
    TRY(.argv = WISH("read", at("a \x1b[2J b'c")), .told = "is not shown inside",
        .fix = "files.ro");
}

static void often(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .seconds = 60, .argv = WISH("often", at("data"), "100000"));
    assert_int_equal(r.status, 0);
    expect_word(&r, r.err, ", 100000 times\n");
    assert_true(r.err_length < 4000);
    result_free(&r);
}

static void many(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .seconds = 60, .set = LIST(joined("files.ro=", at(""))),
        .argv = WISH("many", at(""), "5000"));
    assert_int_equal(r.status, 0);
    expect_word(&r, r.err, "and 49");
    expect_word(&r, r.err, "more calls that met something like this\n");
    assert_true(r.err_length < 131072);
    result_free(&r);
}

static void threads(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .argv = WISH("threads", at("data")));
    assert_int_equal(r.status, 0);
    expect_word(&r, r.err, ", 4000 times\n");
    result_free(&r);
}

static void memory_that_changes(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .argv = WISH("change", at("data")));
    assert_int_equal(r.status, 0);
    expect_printable(&r);
    result_free(&r);
}

/* Whoever floods is bound by the limits of the profile as ever. */
static void limits_hold(void **state)
{
    struct result r;

    (void)state;
    WHY(&r, .set = LIST("limits.wall_time=300ms"), .argv = WISH("often", at("data"), "100000000"));
    assert_int_equal(r.status, 124);
    assert_true(r.wall_ns < UINT64_C(3000000000));
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_shown),
        cmocka_unit_test(hidden),
        cmocka_unit_test(read_only),
        cmocka_unit_test(no_exec),
        cmocka_unit_test(landlock),
        cmocka_unit_test(permissions),
        cmocka_unit_test(network),
        cmocka_unit_test(ports),
        cmocka_unit_test(a_socket),
        cmocka_unit_test(system_calls),
        cmocka_unit_test(nothing_in_the_way),
        cmocka_unit_test(into_a_file),
        cmocka_unit_test(without_a_look_at_files),
        cmocka_unit_test(an_odd_name),
        cmocka_unit_test(often),
        cmocka_unit_test(many),
        cmocka_unit_test(threads),
        cmocka_unit_test(memory_that_changes),
        cmocka_unit_test(limits_hold),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, make_host, remove_host);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
