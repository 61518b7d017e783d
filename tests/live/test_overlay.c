/* SPDX-License-Identifier: MIT
 *
 * test_overlay.c - root.base = overlay: what the program sees of its layers, what it can change and
 * where that goes; and that no layer, and nothing else of the host, ever changes.
 */
#include "overlay_fixture.h"

enum { MANY = 120 };

/* ---- what is seen --------------------------------------------------------------------------- */

static void the_topmost_wins(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower),
        .argv = SH("cat /etc/both /etc/below /data/file"));
    says(&r, "from a\nbelow\ndata\n");
}

/* In the terms of userxattr: a device 0:0, and a directory that is marked. */
static void whiteouts_and_opaque(void **state)
{
    struct result r;
    (void)state;
    if (mknod(in_folder("a/etc/below"), S_IFCHR, makedev(0, 0)) != 0)
        fail_msg("no whiteout can be made here: %s", strerror(errno));
    make_dir("a/data");
    assert_int_equal(setxattr(in_folder("a/data"), "user.overlay.opaque", "y", 1, 0), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower),
        .argv = SH("cat /etc/both; ls /etc/below /data/file 2>/dev/null || echo gone"));
    says(&r, "from a\ngone\n");
}

static void odd_names(void **state)
{
    struct result r;
    char set[600];
    (void)state;
    assert_int_equal(rename(in_folder("a"), in_folder("a:b,c d\\e")), 0);
    snprintf(set, sizeof(set), "root.lower=\"%s/a:b,c d\\\\e\" %s", folder, in_folder("b"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set), .argv = SH("cat /etc/both /etc/below"));
    says(&r, "from a\nbelow\n");
}

static void many_layers(void **state)
{
    struct result r;
    static char set[MANY * 250];
    size_t used = (size_t)snprintf(set, sizeof(set), "root.lower=");
    (void)state;
    for (int i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof(name), "l%d", i);
        make_dir(name);
        used += (size_t)snprintf(set + used, sizeof(set) - used, "%s ", in_folder(name));
        snprintf(name, sizeof(name), "l%d/n%d", i, i);
        make_file(name, "x");
    }
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set), .argv = SH("ls -d /n* | wc -l"));
    says(&r, "120\n");
}

/* A link of a layer leads to a place of the sandbox, never of the host. */
static void absolute_links(void **state)
{
    struct result r;
    char set[300];
    (void)state;
    make_dir("b/run");
    make_dir("b/var");
    assert_int_equal(symlink("/run", in_folder("b/var/run")), 0);
    assert_int_equal(symlink(in_folder("b/data/file"), in_folder("b/data/out")), 0);
    snprintf(set, sizeof(set), "files.bind=%s:/var/run/data", in_folder("b/data"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, set),
        .argv = SH("cat /run/data/file; cat /data/out 2>/dev/null || echo dangles"));
    says(&r, "data\ndangles\n");
}

/* The whole host with what is mounted in it, but for what only the kernel fills. */
static void the_whole_host(void **state)
{
    struct result r;
    struct stat st;
    char script[900];
    (void)state;
    snprintf(script, sizeof(script),
             "cat %s; (echo x > %s) 2>/dev/null || echo refused; ls /proc/1/exe /sys 2>/dev/null",
             in_folder("b/etc/both"), in_folder("b/new"));
    RUN(&r, .profile = "base",
        .set = LIST("root.base=overlay", "root.lower=/", "files.tmpfs=/dev/shm"),
        .argv = SH(script));
    expect_out(&r, "from b\nrefused\n");
    result_free(&r);
    assert_int_equal(stat(in_folder("b/new"), &st), -1);
}

/* ---- what is changed ------------------------------------------------------------------------ */

static void read_only(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower),
        .argv = SH("(echo x > /etc/both) 2>/dev/null || (mkdir /x) 2>/dev/null || echo no"));
    says(&r, "no\n");
    nothing_has_changed();
}

static void thrown_away(void **state)
{
    struct result r;
    (void)state;
    for (int i = 0; i < 2; i++) {
        RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, "root.upper=tmpfs"),
            .argv = SH(CHANGE));
        says(&r, "new\nchanged\n");
    }
    nothing_has_changed();
}

static void bounded(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, "root.upper=tmpfs:size=1M,inodes=100"),
        .argv = SH("head -c 2097152 /dev/zero > /etc/big 2>/dev/null || echo full; rm /etc/big; "
                   "i=0; while [ $i -lt 200 ] && (: > /etc/n$i) 2>/dev/null; do i=$((i+1)); done; "
                   "[ $i -gt 20 ] && [ $i -lt 100 ] && echo bounded"));
    says(&r, "full\nbounded\n");
}

/* ---- what is hidden ---------------------------------------------------------------------------
 */

/* What is hidden is hidden in every layer, and when it comes only later. */
static void hidden(void **state)
{
    struct result r;
    struct running run;
    const char *const set[][7] = {
        {SYSTEM, lower, "files.hide=/etc/both /etc/later", "root.upper=none", NULL},
        {SYSTEM, lower, "files.hide=/etc/both", "root.upper=none", NULL},
    };
    static const char *const script =
        "cat /etc/both 2>/dev/null || echo hidden; echo ready; read line; "
        "cat /etc/later 2>/dev/null || echo nothing";
    (void)state;
    for (int i = 0; i < 2; i++) { /* the second is the control */
        int pipes[2];
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        run_start(&run, &(struct run_spec){
                            .profile = "base", .set = set[i], .argv = SH(script), .in = &pipes[0]});
        run_wait_for(&run, "ready");
        make_file("b/etc/later", "later\n");
        assert_int_equal(write(pipes[1], "go\n", 3), 3);
        close(pipes[1]);
        run_finish(&run, &r);
        says(&r, i == 0 ? "hidden\nready\nnothing\n" : "hidden\nready\nlater\n");
        close(pipes[0]);
        assert_int_equal(unlink(in_folder("b/etc/later")), 0);
    }
}

static void not_executed(void **state)
{
    struct result r;
    (void)state;
    static const char script[] = "#!/bin/sh\necho ran\n";
    make_file("b/data/run", script);
    make_file("a/etc/run", script);
    assert_int_equal(chmod(in_folder("b/data/run"), 0755), 0);
    assert_int_equal(chmod(in_folder("a/etc/run"), 0755), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, "files.noexec=/data"),
        .argv = SH("/etc/run; /data/run 2>/dev/null || echo refused; cat /data/file"));
    says(&r, "ran\nrefused\ndata\n");
}

/* ---- what is refused, and why --------------------------------------------------------------- */

static void refusals(void **state)
{
    struct result r;
    char set[600];
    (void)state;
    RUN(&r, .profile = "base", .set = LIST("root.base=overlay"), .argv = SH("true"));
    expect_refused(&r, 125, "root.lower is empty");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST("root.upper=tmpfs"), .argv = SH("true"));
    expect_refused(&r, 125, "only an overlay");
    result_free(&r);
    snprintf(set, sizeof(set), "root.lower=%s", in_folder("none"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set), .argv = SH("true"));
    expect_refused(&r, 125, "does not exist");
    result_free(&r);
    snprintf(set, sizeof(set), "root.lower=%s %s", in_folder("b"), in_folder("b/etc"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set), .argv = SH("true"));
    expect_refused(&r, 125, "one lies in the other");
    result_free(&r);
    setting(set, sizeof(set), "lower", "/proc");
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set), .argv = SH("true"));
    expect_refused(&r, 125, "the host's /proc");
    result_free(&r);
    assert_int_equal(chmod(in_folder("kept"), 0777), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    expect_refused(&r, 125, "written by other users");
    result_free(&r);
}

static int body(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_topmost_wins), CASE(whiteouts_and_opaque), CASE(odd_names),
        CASE(many_layers),      CASE(absolute_links),       CASE(the_whole_host),
        CASE(read_only),        CASE(thrown_away),          CASE(bounded),
        CASE(hidden),           CASE(not_executed),         CASE(refusals),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
