/* SPDX-License-Identifier: MIT
 *
 * test_hidden_files.c - files.hide on a host that changes while the sandbox starts and runs: a
 * thread exchanges the directory above what is hidden for a link, and for an empty directory. The
 * launch may be refused; what is hidden is never seen, and nothing of the host changes.
 *
 * No other file takes the place of the hidden one: then that would be what the path names, and what
 * is to be hidden.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LAUNCHES = 60, EXCHANGE = 2 /* RENAME_EXCHANGE; <linux/fs.h> clashes */ };

#define SECRET_TEXT "the secret"

static atomic_bool flipping, with_link;
static atomic_uint flips;
static char secret[256], other[256], link_path[256], folder[256];

static void make_folder(const char *name)
{
    assert_int_equal(mkdir(work_path(name), 0777), 0);
    assert_int_equal(chmod(work_path(name), 0777), 0);
}

static void make_file(const char *name, const char *text)
{
    FILE *file = fopen(work_path(name), "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* jail/deep/secret, and what takes the place of jail/deep. */
static void make_jail(void)
{
    make_folder("jail");
    make_folder("jail/deep");
    make_folder("jail/other");
    make_folder("outside");
    make_file("jail/deep/secret", SECRET_TEXT);
    make_file("outside/secret", "outside");
    assert_int_equal(symlink("../outside", work_path("jail/link")), 0);
    snprintf(folder, sizeof(folder), "%s", work_path("jail"));
    snprintf(secret, sizeof(secret), "%s", work_path("jail/deep/secret"));
    snprintf(other, sizeof(other), "%s", work_path("jail/other/secret"));
    snprintf(link_path, sizeof(link_path), "%s", work_path("jail/link/secret"));
}

static void exchange(const char *name)
{
    char from[300], to[300];

    snprintf(from, sizeof(from), "%s/deep", folder);
    snprintf(to, sizeof(to), "%s/%s", folder, name);
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, EXCHANGE) == 0)
        flips++;
}

static void *flip(void *data)
{
    unsigned turn = 0;

    (void)data;
    while (flipping) {
        const char *name = turn++ % 2 && with_link ? "link" : "other";

        exchange(name);
        usleep(turn % 7 * 20);
        exchange(name);
        usleep(turn % 5 * 50);
    }
    return NULL;
}

static void peek(struct result *r, const char *list, const char *hide)
{
    char shown[300], hidden[300];

    snprintf(shown, sizeof(shown), "files.%s=%s", list, folder);
    snprintf(hidden, sizeof(hidden), "files.hide=%s", hide);
    RUN(r, .profile = "base", .set = LIST(shown, hidden),
        .argv = LIST(payload("peek"), "5", SECRET_TEXT, secret, other, link_path));
}

/* Without anything hidden the same program sees it. */
static void control(void **state)
{
    struct result r;

    (void)state;
    make_jail();
    peek(&r, "rw", "");
    expect_outcome(&r, "exited", 9);
    result_free(&r);
    peek(&r, "rw", secret);
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    assert_int_equal(tree_remove(folder), 0);
    assert_int_equal(tree_remove(work_path("outside")), 0);
}

static unsigned mounts_of_ours(void)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char line[4096];
    unsigned count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL)
        count++;
    fclose(file);
    return count;
}

static void try_while_it_flips(const char *list, const char *hide)
{
    unsigned mounts = mounts_of_ours(), ran = 0, refused = 0;
    pthread_t thread;
    struct result r;

    make_jail();
    flipping = true;
    with_link = strcmp(list, "rw") == 0; /* a link in a read-only folder is followed */
    flips = 0;
    assert_int_equal(pthread_create(&thread, NULL, flip, NULL), 0);
    for (unsigned i = 0; i < LAUNCHES; i++) {
        peek(&r, list, hide);
        if (strcmp(report_string(&r, "outcome"), "setup_failed") == 0) {
            refused++;
        } else {
            expect_outcome(&r, "exited", 0);
            ran++;
        }
        result_free(&r);
    }
    flipping = false;
    assert_int_equal(pthread_join(thread, NULL), 0);
    printf("%s: %u flips, %u ran, %u were refused\n", list, flips, ran, refused);
    assert_true(flips > LAUNCHES);
    assert_int_equal(mounts_of_ours(), mounts);
    assert_int_equal(tree_remove(folder), 0);
    assert_int_equal(tree_remove(work_path("outside")), 0);
}

static void never_seen_in_a_writable_folder(void **state)
{
    (void)state;
    try_while_it_flips("rw", secret);
}

static void never_seen_in_a_read_only_folder(void **state)
{
    (void)state;
    try_while_it_flips("ro", secret);
}

/* ---- what appears later --------------------------------------------------------------------- */

/* Starts a program that looks for a file all the time, makes it, and tells whether it was seen. */
static bool is_seen_later(const char *const *set, const char *path)
{
    static const char command[] =
        "echo ready; for i in 0 1 2 3 4 5 6 7 8 9; do test -s $0 && exit 9; sleep 0.05; done";
    struct running running;
    struct result r;

    run_start(&running, &(struct run_spec){.profile = "base",
                                           .set = set,
                                           .argv = LIST("/bin/sh", "-c", command, path)});
    run_wait_for(&running, "ready");
    make_file("jail/deep/late", SECRET_TEXT);
    run_finish(&running, &r);
    const bool seen = r.status == 9;
    expect_outcome(&r, "exited", seen ? 9 : 0);
    result_free(&r);
    assert_int_equal(unlink(work_path("jail/deep/late")), 0);
    return seen;
}

/* A directory that is hidden, and what of it is named: a name that nobody knew is not seen. */
static void what_appears_later(void **state)
{
    static const char *const lists[] = {"ro", "rw"};
    char shown[300], hide[400], show[600], late[300];
    size_t i;

    (void)state;
    make_jail();
    snprintf(late, sizeof(late), "%s/deep/late", folder);
    snprintf(show, sizeof(show), "files.bind=%s:%s", secret, secret);
    for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        snprintf(shown, sizeof(shown), "files.%s=%s", lists[i], folder);
        snprintf(hide, sizeof(hide), "files.hide=?%s", late);
        assert_true(is_seen_later(LIST(shown), late));
        assert_true(is_seen_later(LIST(shown, hide), late));
        snprintf(hide, sizeof(hide), "files.hide=%s/deep", folder);
        assert_false(is_seen_later(LIST(shown, hide, show), late));
        assert_true(is_seen_later(LIST(shown, hide, show), secret));
    }
    assert_int_equal(tree_remove(folder), 0);
    assert_int_equal(tree_remove(work_path("outside")), 0);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control),
        cmocka_unit_test(never_seen_in_a_writable_folder),
        cmocka_unit_test(never_seen_in_a_read_only_folder),
        cmocka_unit_test(what_appears_later),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
