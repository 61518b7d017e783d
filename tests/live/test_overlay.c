/* SPDX-License-Identifier: MIT
 *
 * test_overlay.c - root.base = overlay: what the program sees of its layers, what it can change and
 * where that goes; and that no layer, and nothing else of the host, ever changes.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MANY = 120, NOBODY = 65534 };

#define SYSTEM                                                                                     \
    "root.base=overlay", "files.ro+=/usr",                                                         \
        "files.symlink+=usr/bin:/bin usr/lib:/lib usr/lib64:/lib64"
#define SH(script) LIST("/usr/bin/sh", "-c", script)

static char folder[200], upper[256], lower[512];

/* What the sandbox's user is outside: layers that a program changes belong to it. */
static uid_t owner(void)
{
    return geteuid() == 0 ? NOBODY : geteuid();
}

static const char *in_folder(const char *path)
{
    static char text[4][600];
    static unsigned turn;
    char *place = text[turn++ % 4];
    snprintf(place, sizeof(text[0]), "%s/%s", folder, path);
    return place;
}

static void own(const char *path)
{
    if (geteuid() == 0)
        assert_int_equal(lchown(path, owner(), owner()), 0);
}

static void make_dir(const char *path)
{
    assert_int_equal(mkdir(in_folder(path), 0755), 0);
    assert_int_equal(chmod(in_folder(path), 0755), 0);
    own(in_folder(path));
}

static void make_file(const char *path, const char *text)
{
    FILE *file = fopen(in_folder(path), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    own(in_folder(path));
}

static void setting(char *text, size_t size, const char *key, const char *value)
{
    assert_true(snprintf(text, size, "root.%s=%s", key, value) < (int)size);
}

/* Two layers; a/ lies on top. */
static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s", work_path("overlay"));
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    make_dir("a");
    make_dir("b");
    make_dir("a/etc");
    make_dir("b/etc");
    make_dir("b/data");
    make_file("a/etc/both", "from a\n");
    make_file("b/etc/both", "from b\n");
    make_file("b/etc/below", "below\n");
    make_file("b/data/file", "data\n");
    snprintf(lower, sizeof(lower), "root.lower=%s %s", in_folder("a"), in_folder("b"));
    snprintf(upper, sizeof(upper), "root.upper=%s", in_folder("kept"));
    assert_int_equal(mkdir(in_folder("kept"), 0711), 0);
    assert_int_equal(chmod(in_folder("kept"), 0711), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chmod(in_folder("kept/work/0/work"), 0700);
    return tree_remove(folder);
}

static void says(struct result *r, const char *text)
{
    expect_outcome(r, "exited", 0);
    expect_out(r, text);
    result_free(r);
}

static void reads(const char *path, const char *text)
{
    char got[100] = "";
    FILE *file = fopen(in_folder(path), "re");
    assert_non_null(file);
    size_t length = fread(got, 1, sizeof(got) - 1, file);
    got[length] = '\0';
    fclose(file);
    assert_string_equal(got, text);
}

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

#define CHANGE                                                                                     \
    "echo new > /etc/new; echo changed > /etc/both; rm /etc/below; rm -r /data; mkdir /data; "     \
    "cat /etc/new /etc/both; ls /etc/below /data/file 2>/dev/null; :"

static void nothing_has_changed(void)
{
    struct stat st;
    reads("a/etc/both", "from a\n");
    reads("b/etc/both", "from b\n");
    reads("b/etc/below", "below\n");
    reads("b/data/file", "data\n");
    assert_int_equal(stat(in_folder("a/etc/new"), &st), -1);
    assert_int_equal(stat(in_folder("b/etc/new"), &st), -1);
    assert_int_equal(stat(in_folder("a/dev"), &st), -1);
    assert_int_equal(stat(in_folder("a/usr"), &st), -1);
}

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

static void kept(void **state)
{
    struct result r;
    struct stat st;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH(CHANGE));
    says(&r, "new\nchanged\n");
    nothing_has_changed();
    reads("kept/changes/etc/new", "new\n");
    assert_int_equal(lstat(in_folder("kept/changes/etc/below"), &st), 0);
    assert_true(S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0));
    assert_int_equal(lstat(in_folder("kept/changes/dev"), &st), -1); /* no mount point of ours */
    assert_int_equal(lstat(in_folder("kept/changes/usr"), &st), -1);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("cat /etc/new /etc/both; ls /etc/below /data/file 2>/dev/null || echo gone"));
    says(&r, "new\nchanged\ngone\n");
}

/* A directory of its own outside of /tmp, where other tests' come and go: a layer that is gone
 * again when the sandbox starts is refused. */
static void make_apart(char *place, uid_t uid)
{
    assert_non_null(mkdtemp(place));
    assert_int_equal(chmod(place, 0711), 0);
    if (geteuid() == 0)
        assert_int_equal(chown(place, uid, uid), 0);
}

static void remove_apart(const char *place)
{
    char command[128];
    snprintf(command, sizeof(command), "chmod -R u+rwX %s && rm -r %s", place, place);
    assert_int_equal(system(command), 0);
}

/* A change of a part of the host lies at its own path, whatever had to be divided for it. */
static void kept_of_the_host(void **state)
{
    struct result r;
    struct stat st;
    char place[] = "/var/tmp/sandbox-kept-XXXXXX", data[] = "/var/tmp/sandbox-data-XXXXXX";
    char set[64], script[400], change[128], file[64];
    (void)state;
    make_apart(place, geteuid());
    make_apart(data, owner());
    snprintf(set, sizeof(set), "root.upper=%s", place);
    snprintf(file, sizeof(file), "%s/new", data);
    snprintf(script, sizeof(script),
             "echo new > %s && cat %s; (echo x > /var/new) 2>/dev/null || echo divided; "
             "ls -d %s 2>/dev/null || echo apart",
             file, file, place);
    for (int i = 0; i < 2; i++) {
        RUN(&r, .profile = "base",
            .set = LIST("root.base=overlay", "root.lower=/", "files.tmpfs=/dev/shm", set),
            .argv = SH(script));
        says(&r, "new\ndivided\napart\n");
        assert_int_equal(stat(file, &st), -1);
    }
    snprintf(change, sizeof(change), "grep -qx new %s/changes%s", place, file);
    assert_int_equal(system(change), 0);
    remove_apart(place);
    remove_apart(data);
}

/* The shipped profile: a build, and nothing has happened; then it has. Its private /tmp is taken
 * away, for the test's own folders lie there. */
static void dry_run(void **state)
{
    struct result r;
    struct stat st;
    char place[] = "/var/tmp/sandbox-kept-XXXXXX", data[] = "/var/tmp/sandbox-data-XXXXXX";
    char set[64], script[300], file[64];
    const char *const sets[] = {"files.tmpfs=/dev/shm", set, NULL};
    (void)state;
    make_apart(place, geteuid());
    make_apart(data, owner());
    snprintf(set, sizeof(set), "root.upper=%s", place);
    snprintf(file, sizeof(file), "%s/made", data);
    snprintf(script, sizeof(script), "mkdir %s/new && echo made >%s && cat %s", data, file, file);
    RUN(&r, .profile = "dry-run", .set = sets, .argv = SH(script));
    says(&r, "made\n");
    assert_int_equal(stat(file, &st), -1);
    RUN(&r, .profile = "", .no_report = true,
        .options = LIST("changes", "--set", set, "--set", sets[0], "dry-run"));
    assert_int_equal(r.status, 1);
    expect_word(&r, r.out, file);
    assert_null(strstr(r.out, "/dev"));
    result_free(&r);
    RUN(&r, .profile = "", .no_report = true,
        .options = LIST("changes", "--set", set, "--set", sets[0], "apply", "dry-run"));
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 5);
    remove_apart(place);
    remove_apart(data);
}

static void one_at_a_time(void **state)
{
    struct result r;
    (void)state;
    int fd = open(in_folder("kept"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    expect_refused(&r, 125, "in use");
    result_free(&r);
    close(fd);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    says(&r, "");
}

/* A launcher that is killed takes the sandbox with it, but not at once: until then the directory is
 * in use. PID 1 has it open; who that is only root may see. */
static void the_lock_is_the_sandboxes(void **state)
{
    struct running held;
    struct result r;
    char path[80], link[300];
    unsigned init = 0, found = 0;
    int pipes[2];
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    run_start(&held, &(struct run_spec){.profile = "base",
                                        .set = LIST(SYSTEM, lower, upper),
                                        .argv = SH("echo ready; read line; :"),
                                        .in = &pipes[0]});
    run_wait_for(&held, "ready");
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", held.pid, held.pid);
    FILE *children = fopen(path, "re");
    assert_non_null(children);
    assert_int_equal(fscanf(children, "%u", &init), 1);
    fclose(children);
    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof(path), "/proc/%u/fd/%d", init, fd);
        ssize_t got = readlink(path, link, sizeof(link) - 1);
        if (got < 0)
            continue;
        link[got] = '\0';
        assert_string_equal(link, in_folder("kept"));
        found++;
    }
    assert_int_equal(found, 1);
    close(pipes[1]);
    close(pipes[0]);
    run_finish(&held, &r);
    says(&r, "ready\n");
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("ls -l /proc/self/fd | grep -c kept; :"));
    says(&r, "0\n");
}

/* A layer's file that runs as its owner can get another content, and be left to other users. */
static void kept_from_others(void **state)
{
    struct result r;
    struct stat st;
    (void)state;
    assert_int_equal(chmod(in_folder("kept"), 0755), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("echo x > /x"));
    says(&r, "");
    assert_int_equal(stat(in_folder("kept"), &st), 0);
    assert_int_equal(st.st_mode & 0777, geteuid() == 0 ? 0755 : 0700);
}

/* A launch that was killed while it made them has left directories that are root's. */
static void half_made(void **state)
{
    struct result r;
    (void)state;
    assert_int_equal(mkdir(in_folder("kept/work"), 0700), 0);
    assert_int_equal(mkdir(in_folder("kept/work/new"), 0700), 0);
    assert_int_equal(mkdir(in_folder("kept/work/0"), 0700), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("echo x > /x && cat /x"));
    says(&r, "x\n");
}

/* What sandbox has not made there it leaves alone. */
static void used_otherwise(void **state)
{
    struct result r;
    (void)state;
    make_dir("kept/work");
    make_dir("kept/work/0");
    make_dir("kept/work/0/work");
    make_file("kept/work/0/work/mine", "mine\n");
    make_file("kept/notes", "mine\n");
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    expect_refused(&r, 125, "'notes'");
    result_free(&r);
    reads("kept/work/0/work/mine", "mine\n");
    assert_int_equal(unlink(in_folder("kept/work/0/work/mine")), 0);
}

/* ---- attacks -------------------------------------------------------------------------------- */

/* An earlier program can't choose where the changes go. */
static void planted_link(void **state)
{
    struct result r;
    struct stat st;
    (void)state;
    make_dir("outside");
    assert_int_equal(symlink("../outside", in_folder("kept/changes")), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("echo x > /x"));
    expect_refused(&r, 125, "root.upper");
    result_free(&r);
    assert_int_equal(stat(in_folder("outside/x"), &st), -1);
    assert_int_equal(unlink(in_folder("kept/changes")), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("echo x > /x"));
    says(&r, "");
    reads("kept/changes/x", "x\n");
}

/* Nor through which directory a mount of the next launch runs. */
static void planted_way(void **state)
{
    struct result r;
    char bind[300];
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("ln -s /etc /way && echo made"));
    says(&r, "made\n");
    snprintf(bind, sizeof(bind), "files.bind=%s:/way/in", in_folder("b/data"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper, bind), .argv = SH("true"));
    expect_refused(&r, 125, "symbolic link");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, bind), .argv = SH("cat /way/in/file"));
    says(&r, "data\n");
}

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
        CASE(the_topmost_wins), CASE(whiteouts_and_opaque),
        CASE(odd_names),        CASE(many_layers),
        CASE(absolute_links),   CASE(the_whole_host),
        CASE(read_only),        CASE(thrown_away),
        CASE(bounded),          CASE(kept),
        CASE(kept_of_the_host), CASE(dry_run),
        CASE(one_at_a_time),    CASE(the_lock_is_the_sandboxes),
        CASE(kept_from_others), CASE(half_made),
        CASE(used_otherwise),   CASE(planted_link),
        CASE(planted_way),      CASE(hidden),
        CASE(not_executed),     CASE(refusals),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
