/* SPDX-License-Identifier: MIT
 *
 * test_build.c - a small project under the profile build: the same bytes as outside, and a clear
 * answer to what a build has no business with. Each thing that fails inside is first done outside.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NOBODY = 65534, /* whom root's programs run as */
    SECONDS = 100,
    FILE_MAX = 1 << 20,
};

#define EPOCH       "SOURCE_DATE_EPOCH=1000000000"
#define PATH        "PATH=/usr/local/bin:/usr/bin:/bin"
#define SHELL(text) LIST("/bin/sh", "-c", text)

/* ---- the project ---------------------------------------------------------------------------- */

static const struct {
    const char *name, *text;
} sources[] = {
    {"greet.c", "#include <stdio.h>\n"
                "void greet(void);\n"
                "void greet(void) { puts(\"built on \" __DATE__ \" in \" __FILE__); }\n"},
    {"main.c", "void greet(void);\n"
               "int main(void) { greet(); return 0; }\n"},
    {"Makefile", "CFLAGS = -O2 -g\n"
                 "main: main.o libgreet.a\n"
                 "\t$(CC) $(CFLAGS) -o $@ main.o libgreet.a\n"
                 "libgreet.a: greet.o\n"
                 "\t$(AR) rcD $@ greet.o\n"
                 "check: main\n"
                 "\t./main | grep 'Sep  9 2001'\n"},
    {"CMakeLists.txt", "cmake_minimum_required(VERSION 3.18)\n"
                       "project(greet C)\n"
                       "enable_testing()\n"
                       "add_library(greet STATIC greet.c)\n"
                       "add_executable(main main.c)\n"
                       "target_link_libraries(main PRIVATE greet)\n"
                       "add_test(NAME greets COMMAND main)\n"},
};
enum { SOURCES = sizeof(sources) / sizeof(*sources) };

/* Gives a path to the user that programs have in this variant. */
static void give(const char *path)
{
    if (stage()->as_root)
        assert_int_equal(lchown(path, NOBODY, NOBODY), 0);
}

static void make_folder(const char *path)
{
    assert_int_equal(mkdir(path, 0755), 0);
    give(path);
}

/* The tree of the project, which becomes the working directory. */
static int make_project(void **state)
{
    (void)state;
    make_folder(work_path("project"));
    assert_int_equal(chdir(work_path("project")), 0);
    for (size_t i = 0; i < SOURCES; i++) {
        FILE *file = fopen(sources[i].name, "we");
        assert_non_null(file);
        fputs(sources[i].text, file);
        assert_int_equal(fclose(file), 0);
        give(sources[i].name);
    }
    return 0;
}

static int remove_project(void **state)
{
    (void)state;
    assert_int_equal(chdir(stage()->work), 0);
    return tree_remove(work_path("project"));
}

/* ---- the same as outside -------------------------------------------------------------------- */

/* What is in a file; the caller frees it. */
static char *bytes_of(const char *path, size_t *length)
{
    autofd fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = malloc(FILE_MAX);

    assert_true(fd >= 0);
    assert_non_null(bytes);
    ssize_t got = read(fd, bytes, FILE_MAX);
    assert_true(got > 0 && got < FILE_MAX);
    *length = (size_t)got;
    return bytes;
}

/* Builds in a new tree at the same place, and takes the two files that come out. */
static void build(const char *command, bool outside, const char *const files[2], char *bytes[2],
                  size_t lengths[2])
{
    struct result r;

    remove_project(NULL);
    make_project(NULL);
    /* the caller's language, zone and umask are not the build's */
    umask(outside ? 022 : 077);
    RUN(&r, .profile = "build", .unconfined = outside, .no_report = outside, .argv = SHELL(command),
        .env = outside ? LIST(PATH, EPOCH, "HOME=/nonexistent", "LANG=C.UTF-8", "TZ=UTC")
                       : LIST(PATH, EPOCH, "HOME=/nonexistent", "LANG=de_DE", "TZ=Asia/Tokyo"),
        .seconds = SECONDS);
    umask(022);
    if (r.status != 0)
        result_print(&r);
    assert_int_equal(r.status, 0);
    if (!outside)
        expect_outcome(&r, "exited", 0);
    result_free(&r);
    for (int i = 0; i < 2; i++)
        bytes[i] = bytes_of(files[i], &lengths[i]);
}

static void compare(const char *command, const char *const files[2])
{
    char *outside[2], *inside[2];
    size_t outside_lengths[2], inside_lengths[2];
    struct stat status;

    build(command, true, files, outside, outside_lengths);
    build(command, false, files, inside, inside_lengths);
    assert_int_equal(stat(files[0], &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    for (int i = 0; i < 2; i++) {
        if (outside_lengths[i] != inside_lengths[i] ||
            memcmp(outside[i], inside[i], inside_lengths[i]) != 0)
            fail_msg("%s is another one than outside", files[i]);
        free(outside[i]);
        free(inside[i]);
    }
}

static void with_make(void **state)
{
    (void)state;
    compare("make -j2 check", (const char *const[2]){"main", "libgreet.a"});
}

static void with_cmake(void **state)
{
    (void)state;
    compare("cmake -S . -B out -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo && ninja -C out && "
            "cd out && ctest",
            (const char *const[2]){"out/main", "out/libgreet.a"});
}

/* ---- what it finds -------------------------------------------------------------------------- */

static void surroundings(void **state)
{
    struct result r;
    char wanted[512];
    cpu_set_t cpus;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
    snprintf(wanted, sizeof(wanted),
             "build UTCUTC C.UTF-8 0022 /home/sandbox /home/sandbox xterm-mine "
             "1000000000\n%s\n%d\nwritten\n",
             work_path("project"), CPU_COUNT(&cpus));
    umask(077);
    RUN(&r, .profile = "build",
        .argv = SHELL("echo $(uname -n) $(date +%Z)$TZ $LANG $(umask) $HOME "
                      "$(getent passwd user | cut -d: -f6) $TERM $SOURCE_DATE_EPOCH; pwd; nproc; "
                      "echo x >/tmp/x; echo x >/var/tmp/x; echo x >/dev/shm/x; "
                      "echo x >~/x && cat /tmp/x /var/tmp/x /dev/shm/x ~/x | wc -l | "
                      "sed 's/^ *4$/written/'"),
        .env = LIST(PATH, EPOCH, "TERM=xterm-mine", "TZ=Asia/Tokyo", "SECRET=1"));
    umask(022);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, wanted);
    result_free(&r);
    RUN(&r, .profile = "build", .argv = SHELL("ls -A /tmp /var/tmp /dev/shm ~ | grep x; env"),
        .env = LIST(PATH, "SECRET=1"));
    expect_outcome(&r, "exited", 0);
    assert_null(strstr(r.out, "\nx\n"));
    assert_null(strstr(r.out, "SECRET"));
    result_free(&r);
}

/* fakeroot goes on after EPERM, and after nothing else. */
static void chown_is_refused_as_for_any_user(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "build", .argv = SHELL("LC_ALL=C chown 0:0 main.c"));
    expect_outcome(&r, "exited", 1);
    expect_word(&r, r.err, "Operation not permitted");
    result_free(&r);
}

/* The names that packages install by. */
static void names_of_users_and_groups(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "build",
        .argv = SHELL("id -un; id -gn; getent passwd man games | cut -d: -f3 && "
                      "getent group staff games | cut -d: -f3"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "user\nuser\n6\n5\n50\n60\n");
    result_free(&r);
}

/* ---- the network ---------------------------------------------------------------------------- */

/* Somebody who listens on the host's own lo. The caller closes the fd. */
static int listen_outside(char port[static 16])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(port, 16, "%u", (unsigned)ntohs(address.sin_port));
    return fd;
}

static void no_network(void **state)
{
    struct result r;
    char port[16], shown[256];
    autofd listener = listen_outside(port);

    (void)state;
    (void)listener; /* it is there until the end */
    snprintf(shown, sizeof(shown), "files.ro+=%s", stage()->payloads);
    RUN(&r, .unconfined = true, .no_report = true,
        .argv = LIST(payload("reach"), "127.0.0.1", port));
    expect_out(&r, "127.0.0.1: connected\n");
    result_free(&r);
    RUN(&r, .profile = "build", .set = LIST(shown),
        .argv = LIST(payload("reach"), "127.0.0.1", port));
    expect_outcome(&r, "exited", 3);
    expect_out(&r, "127.0.0.1: Connection refused\n");
    result_free(&r);

    RUN(&r, .profile = "build", .set = LIST(shown),
        .argv = LIST(payload("reach"), "1.1.1.1", "80"));
    expect_outcome(&r, "exited", 3);
    expect_out(&r, "1.1.1.1: Network is unreachable\n");
    result_free(&r);
    /* it is the namespace that refuses */
    RUN(&r, .profile = "build", .set = LIST(shown, "network.mode=host"),
        .argv = LIST(payload("reach"), "127.0.0.1", port));
    expect_outcome(&r, "exited", 0);
    result_free(&r);

    RUN(&r, .profile = "build", .set = LIST(shown), .argv = LIST(payload("loopback")));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

/* ---- other files ---------------------------------------------------------------------------- */

/* Writes a new file beside others; tells whether it is on the host afterwards, and removes it. */
static bool written(const char *path, bool outside, const char *const *set, const char *complaint)
{
    struct result r;
    char command[600];

    snprintf(command, sizeof(command), "LC_ALL=C touch %s", path);
    RUN(&r, .profile = "build", .unconfined = outside, .no_report = outside, .set = set,
        .argv = SHELL(command));
    if (complaint) {
        expect_outcome(&r, "exited", 1);
        expect_word(&r, r.err, complaint);
    } else {
        assert_int_equal(r.status, 0);
    }
    result_free(&r);
    return unlink(path) == 0;
}

static void no_other_files(void **state)
{
    char home[256], above[256];
    struct result r;

    (void)state;
    assert_true(written("here", false, NULL, NULL));

    snprintf(home, sizeof(home), "%s/new", stage()->home);
    assert_true(written(home, true, NULL, NULL));
    assert_false(written(home, false, NULL, "No such file or directory"));

    /* Below /tmp, the parent is a part of the sandbox's own /tmp. Without that it is, as elsewhere,
     * a part of the root. */
    snprintf(above, sizeof(above), "%s", work_path("new"));
    assert_true(written(above, true, NULL, NULL));
    assert_false(written(above, false, NULL, NULL));
    assert_false(written(above, false, LIST("files.tmpfs=/dev/shm"), "Read-only file system"));

    assert_false(written("/etc/sandbox-test", false, NULL, "Read-only file system"));
    assert_false(written("/usr/sandbox-test", false, NULL, "Read-only file system"));
    if (stage()->as_root) /* who could, outside */
        assert_int_equal(access("/etc", W_OK), 0);

    snprintf(home, sizeof(home), "%s/secret", stage()->home);
    assert_int_equal(access(home, R_OK), 0);
    RUN(&r, .profile = "build", .argv = LIST("/bin/cat", home));
    expect_outcome(&r, "exited", 1);
    result_free(&r);
}

static void sources_can_be_read_only(void **state)
{
    struct result r;

    (void)state;
    make_folder("src");
    make_folder("out");
    assert_true(written("src/new", false, NULL, NULL));
    assert_false(written("src/new", false, LIST("files.ro+=${PWD}/src"), "Read-only file system"));
    assert_true(written("new", false, LIST("files.ro+=${PWD}/src"), NULL));

    const char *const *all = LIST("files.ro+=${PWD}", "files.rw=${PWD}/out");
    assert_false(written("new", false, all, "Read-only file system"));
    assert_false(written("src/new", false, all, "Read-only file system"));
    assert_true(written("out/new", false, all, NULL));
    RUN(&r, .profile = "build", .set = all, .argv = SHELL("chmod 777 main.c || rm main.c"));
    expect_outcome(&r, "exited", 1);
    result_free(&r);
}

static void caches(void **state)
{
    struct result r;
    char variable[256];
    const char *command = "touch $CCACHE_DIR/new";
    const char *const *env = LIST(PATH, variable);

    (void)state;
    make_folder(work_path("cache"));
    snprintf(variable, sizeof(variable), "CCACHE_DIR=%s", work_path("cache"));
    RUN(&r, .profile = "build", .argv = SHELL(command), .env = env);
    expect_outcome(&r, "exited", 1);
    result_free(&r);
    RUN(&r, .profile = "build", .set = LIST("files.rw+=${env:CCACHE_DIR}"), .argv = SHELL(command),
        .env = env);
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    assert_int_equal(access(work_path("cache/new"), F_OK), 0);
    assert_int_equal(tree_remove(work_path("cache")), 0);
}

/* ---- system calls --------------------------------------------------------------------------- */

/* The program is told, where under base it would be ended. */
static void a_denied_call_is_an_error(void **state)
{
    struct result r;
    char shown[256];

    (void)state;
    snprintf(shown, sizeof(shown), "files.ro+=%s", stage()->payloads);
    RUN(&r, .unconfined = true, .no_report = true, .argv = LIST(payload("denied")));
    expect_out(&r, "ptrace 0\n");
    result_free(&r);
    RUN(&r, .profile = "build", .set = LIST(shown), .argv = LIST(payload("denied")));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "ptrace -1\n");
    result_free(&r);
    RUN(&r, .profile = "build", .set = LIST(shown, "syscalls.default=kill"),
        .argv = LIST(payload("denied")));
    expect_outcome(&r, "denied", 159);
    result_free(&r);
}

static int body(int argc, char **argv)
{
#define IN_PROJECT(test) cmocka_unit_test_setup_teardown(test, make_project, remove_project)
    const struct CMUnitTest tests[] = {
        IN_PROJECT(with_make),
        IN_PROJECT(with_cmake),
        IN_PROJECT(surroundings),
        IN_PROJECT(chown_is_refused_as_for_any_user),
        IN_PROJECT(names_of_users_and_groups),
        IN_PROJECT(no_network),
        IN_PROJECT(no_other_files),
        IN_PROJECT(sources_can_be_read_only),
        IN_PROJECT(caches),
        IN_PROJECT(a_denied_call_is_an_error),
    };
    static const char *const tools[] = {"make", "cc", "cmake", "ninja"};
    char path[64];
    (void)argc;
    (void)argv;
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
        snprintf(path, sizeof(path), "/usr/bin/%s", tools[i]);
        if (access(path, X_OK) != 0)
            return stage_skip("there is no %s", path);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
