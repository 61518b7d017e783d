/* SPDX-License-Identifier: MIT
 *
 * test_fuse.c - root.driver = fuse: the program sees the same as with the kernel's driver, which is
 * the control; the server ends with the sandbox, whatever ends that; and where the server ends
 * first, nobody is told that all went well.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { NOBODY = 65534, WAIT_MS = 3000, LAUNCHES = 30, LATEST_US = 30000 };

#define SYSTEM                                                                                     \
    "root.base=overlay", "files.ro+=/usr",                                                         \
        "files.symlink+=usr/bin:/bin usr/lib:/lib usr/lib64:/lib64"
#define SH(script) LIST("/usr/bin/sh", "-c", script)
#define FUSE       "root.driver=fuse"

static const char device[] = "/dev/fuse", program[] = "/usr/bin/fuse-overlayfs";
static char folder[200], lower[512];

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
        assert_int_equal(lchown(path, NOBODY, NOBODY), 0);
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

/* Two layers with odd names; the first lies on top, has a whiteout, and hides a directory. */
static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s", work_path("fuse"));
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    make_dir("a:,\\b");
    make_dir("b");
    make_dir("a:,\\b/etc");
    make_dir("a:,\\b/opaque");
    make_dir("b/etc");
    make_dir("b/data");
    make_dir("b/opaque");
    make_file("a:,\\b/etc/both", "from a\n");
    make_file("b/etc/both", "from b\n");
    make_file("b/etc/below", "below\n");
    make_file("b/etc/gone", "gone\n");
    make_file("b/opaque/gone", "gone\n");
    make_file("b/data/file", "data\n");
    assert_int_equal(mknod(in_folder("a:,\\b/etc/gone"), S_IFCHR, makedev(0, 0)), 0);
    assert_int_equal(setxattr(in_folder("a:,\\b/opaque"), "user.overlay.opaque", "y", 1, 0), 0);
    snprintf(lower, sizeof(lower), "root.lower=\"%s/a:,\\\\b\" %s/b", folder, folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return tree_remove(folder);
}

static void says(struct result *r, const char *text)
{
    expect_outcome(r, "exited", 0);
    expect_out(r, text);
    result_free(r);
}

/* The same of both drivers. */
static void both_say(const char *upper, const char *script, const char *text)
{
    static const char *const drivers[] = {"root.driver=kernel", FUSE};
    struct result r;
    for (int i = 0; i < 2; i++) {
        RUN(&r, .profile = "base",
            .set = LIST(SYSTEM, lower, upper, drivers[i], "files.hide=/etc/later"),
            .argv = SH(script));
        says(&r, text);
    }
}

/* The server of a command that runs: its only child of that name. 0 where there is none. */
static pid_t server_of(pid_t command)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    pid_t found = 0;
    assert_non_null(proc);
    while (!found && (entry = readdir(proc))) {
        char path[300], name[32] = "";
        int pid = 0, parent = 0;
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        if (fscanf(file, "%d (%31[^)]) %*c %d", &pid, name, &parent) == 3 && parent == command &&
            strcmp(name, "fuse-overlayfs") == 0)
            found = pid;
        fclose(file);
    }
    closedir(proc);
    return found;
}

/* Whether a process is gone, or a zombie that the machine's init has yet to wait for. */
static bool is_gone(pid_t pid)
{
    char path[64], state = 'Z';
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return true;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    fclose(file);
    return state == 'Z' || state == 'X';
}

static bool goes(pid_t pid)
{
    for (int i = 0; i < WAIT_MS / 10 && !is_gone(pid); i++)
        sleep_ms(10);
    return is_gone(pid);
}

/* ---- what is seen, and what can be changed -------------------------------------------------- */

static void the_same_is_seen(void **state)
{
    (void)state;
    both_say("root.upper=none",
             "cat /etc/both /data/file; ls /etc/gone /opaque/gone 2>/dev/null || echo gone; "
             "ls /etc/later 2>/dev/null || echo hidden; "
             "(echo x > /data/new) 2>/dev/null || echo read-only",
             "from a\ndata\ngone\nhidden\nread-only\n");
}

static void the_same_can_be_changed(void **state)
{
    struct stat st;
    (void)state;
    both_say("root.upper=tmpfs",
             "echo more >> /data/file; cat /data/file; rm /etc/both; cat /etc/both 2>/dev/null; "
             "mkdir /data/d; echo x > /data/d/x; mv /data/d/x /data/y; cat /data/y; rm -r /opaque; "
             "mkdir /opaque; ls -A /opaque; stat -c %u:%g:%a /data/y; cp /bin/true /data; "
             "/data/true; echo $?",
             "data\nmore\nx\n1000:1000:644\n0\n");
    assert_int_equal(stat(in_folder("b/data/y"), &st), -1);
    assert_int_equal(stat(in_folder("b/data/file"), &st), 0);
    assert_int_equal(st.st_size, 5);
}

static void bounded(void **state)
{
    both_say("root.upper=tmpfs:size=1M",
             "dd if=/dev/zero of=/data/big bs=64k count=64 2>/dev/null || echo full; "
             "test $(stat -c %s /data/big) -le 1048576 && echo small",
             "full\nsmall\n");
    (void)state;
}

/* An overlay on an overlay, where nobody else sees it: a layer that the kernel refuses. */
static void stack(void *data)
{
    char options[1300];
    (void)data;
    snprintf(options, sizeof(options), "lowerdir=%s:%s", in_folder("b/etc"), in_folder("b/opaque"));
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("overlay", in_folder("one"), "overlay", 0, options) != 0)
        _exit(99);
    snprintf(options, sizeof(options), "lowerdir=%s:%s", in_folder("one"), in_folder("b/data"));
    if (mount("overlay", in_folder("two"), "overlay", 0, options) != 0)
        _exit(99);
}

static void what_the_kernel_refuses(void **state)
{
    struct result r;
    char set[600];
    (void)state;
    if (!stage()->as_root) /* who may not mount */
        return;
    make_dir("one");
    make_dir("two");
    snprintf(set, sizeof(set), "root.lower=%s", in_folder("two"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set), .before = stack, .argv = SH("true"));
    expect_refused(&r, 125, "root.driver = fuse takes them");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, set, FUSE), .before = stack,
        .argv = SH("cat /below /file"));
    says(&r, "below\ndata\n");
}

/* ---- who the server is, and when it ends ----------------------------------------------------- */

static void start(struct running *run, const char *script)
{
    run_start(run, &(struct run_spec){.profile = "base",
                                      .set = LIST(SYSTEM, lower, FUSE, "limits.wall_time=10s"),
                                      .argv = SH(script)});
    run_wait_for(run, "ready");
}

/* No capability, no new privileges, not the host's root; and the program can't see it. */
static void confined(void **state)
{
    struct running run;
    struct result r;
    char path[64], line[256];
    unsigned kept = 0;
    (void)state;
    start(&run, "echo ready; grep -l fuse-overlayfs /proc/[0-9]*/comm; sleep 0.3; cat /data/file");
    pid_t server = server_of(run.pid);
    assert_true(server > 0);
    snprintf(path, sizeof(path), "/proc/%d/status", (int)server);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        kept += strcmp(line, "CapPrm:\t0000000000000000\n") == 0 ||
                strcmp(line, "CapEff:\t0000000000000000\n") == 0 ||
                strcmp(line, "NoNewPrivs:\t1\n") == 0 || strcmp(line, "Groups:\t \n") == 0;
    fclose(file);
    assert_true(kept >= 3);
    if (stage()->as_root) {
        assert_int_equal(kept, 4);
        snprintf(path, sizeof(path), "/proc/%d/root/home", (int)server);
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(errno, ENOENT);
    }
    run_finish(&run, &r);
    says(&r, "ready\ndata\n");
    assert_true(goes(server));
}

static void killed_while_it_serves(void **state)
{
    static const int signals[] = {SIGKILL, SIGTERM};
    struct running run;
    struct result r;
    (void)state;
    for (int i = 0; i < 2; i++) {
        start(&run,
              "echo ready; while (: < /data/file) 2>/dev/null; do :; done; echo over; exit 0");
        pid_t server = server_of(run.pid);
        assert_true(server > 0);
        assert_int_equal(kill(server, signals[i]), 0);
        run_finish(&run, &r);
        expect_out(&r, "ready\nover\n");
        expect_outcome(&r, "setup_failed", 125);
        expect_word(&r, r.err, "has ended while the program was running");
        result_free(&r);
    }
}

/* Nothing can be killed that waits for an answer, until who should give it is. */
static void a_server_that_hangs(void **state)
{
    struct running run;
    struct result r;
    (void)state;
    for (int i = 0; i < 3; i++) {
        run_start(&run, &(struct run_spec){
                            .profile = "base",
                            .set = LIST(SYSTEM, lower, FUSE, "root.upper=tmpfs",
                                        "limits.wall_time=700ms"),
                            .argv = SH("echo ready; while :; do echo x > /data/new; done")});
        run_wait_for(&run, "ready");
        pid_t server = server_of(run.pid);
        assert_true(server > 0);
        assert_int_equal(kill(server, SIGSTOP), 0);
        run_finish(&run, &r);
        expect_outcome(&r, "wall_time", 124);
        result_free(&r);
        assert_true(goes(server));
    }
}

/* One that hangs does not even see that nothing has its root any more. */
static void launcher_killed(void **state)
{
    struct running run;
    struct result r;
    (void)state;
    for (int hangs = 0; hangs < 2; hangs++) {
        start(&run, "echo ready; while (: < /data/file); do :; done");
        pid_t server = server_of(run.pid);
        assert_true(server > 0);
        assert_int_equal(hangs ? kill(server, SIGSTOP) : 0, 0);
        assert_false(is_gone(server));
        kill(run.pid, SIGKILL);
        run_finish(&run, &r);
        result_free(&r);
        assert_true(goes(server));
        assert_true(stage_none_left(stage()->root, WAIT_MS));
    }
}

/* Also while the server is still on its way: then its command line is the launcher's own. */
static void launcher_killed_early(void **state)
{
    unsigned seed = (unsigned)now_ns();
    (void)state;
    printf("seed %u\n", seed);
    srand(seed);
    for (unsigned i = 0; i < LAUNCHES; i++) {
        struct running run;
        struct result r;
        pid_t server = 0;
        run_start(&run, &(struct run_spec){.no_report = true,
                                           .profile = "base",
                                           .set = LIST(SYSTEM, lower, FUSE),
                                           .argv = SH("sleep 20")});
        uint64_t end = now_ns() + (uint64_t)((unsigned)rand() % LATEST_US) * 1000;
        while (now_ns() < end)
            server = server ? server : server_of(run.pid);
        kill(run.pid, SIGKILL);
        run_finish(&run, &r);
        result_free(&r);
        assert_true(stage_none_left(stage()->root, WAIT_MS));
        assert_true(!server || goes(server));
    }
}

/* ---- what is refused, and why --------------------------------------------------------------- */

static void refused(const char *word, const char *const *set)
{
    struct result r;
    RUN(&r, .profile = "base", .set = set, .argv = SH("true"));
    expect_refused(&r, 125, word);
    result_free(&r);
}

static void refusals(void **state)
{
    (void)state;
    refused("only an overlay has a driver", LIST(FUSE));
    refused("kept by the kernel's driver alone",
            LIST(SYSTEM, lower, FUSE, "root.upper=/var/tmp/none"));
    refused("no layer can have mounts below it",
            LIST("root.base=overlay", "root.lower=/", FUSE, "files.tmpfs=/dev/shm"));
}

static void not_here(void **state)
{
    (void)state;
    refused(access(program, X_OK) == 0 ? "/dev/fuse can't be opened" : "is not installed here",
            LIST(SYSTEM, lower, FUSE));
}

static int body(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_same_is_seen),
        CASE(the_same_can_be_changed),
        CASE(bounded),
        CASE(confined),
        CASE(killed_while_it_serves),
        CASE(launcher_killed),
        CASE(a_server_that_hangs),
        CASE(launcher_killed_early),
        CASE(refusals),
        CASE(what_the_kernel_refuses),
    };
    const struct CMUnitTest without[] = {CASE(not_here), CASE(refusals)};
    int fd = access(program, X_OK) == 0 ? open(device, O_RDWR | O_CLOEXEC) : -1;
    (void)argc, (void)argv;
    if (fd >= 0) {
        close(fd);
        return cmocka_run_group_tests(tests, NULL, NULL);
    }
    if (cmocka_run_group_tests(without, NULL, NULL) != 0)
        return 1;
    return stage_skip("only the refusal was tried: %s or %s is not to be had here", program,
                      device);
}

/* Where the device is root's alone, as without udev, the ordinary user gets one of this test's, in
 * a mount namespace of its own. */
static int lend_device(int argc, char **argv)
{
    char path[128];
    struct stat st;
    (void)argc, (void)argv;
    snprintf(path, sizeof(path), "%s/fuse", stage()->root);
    if (geteuid() != 0 || stage()->as_root || stat(device, &st) != 0 || st.st_mode & S_IWOTH)
        return 0;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mknod(path, S_IFCHR, st.st_rdev) != 0 || chmod(path, 0666) != 0 ||
        mount(path, device, NULL, MS_BIND, NULL) != 0)
        fprintf(stderr, "no device can be lent: %s\n", strerror(errno));
    return 0;
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, lend_device, body);
}
