/* SPDX-License-Identifier: MIT
 *
 * test_changes.c - `sandbox changes` on what real overlayfs mounts have left: the list says exactly
 * what was done, and applied it gives the tree that the program saw.
 */
#include "changes_fixture.h"

/* ---- all kinds of changes ------------------------------------------------------------------- */

static int change_files(void)
{
    DO(append_text("plain", "new\n"));
    DO(truncate("deep/er/file", 1));
    DO(chmod("mode", 0600));
    DO(append_text("opened", ""));
    DO(unlink("removed"));
    DO(unlink("link"));
    DO(symlink("elsewhere", "link"));
    DO(link("hard", "hard2"));
    DO(append_text("hard", "er\n"));
    DO(write_text("secretly", "dlo\n")); /* as long as before, and as old */
    DO(age("secretly"));
    DO(utimensat(AT_FDCWD, "touched", NULL, 0));
    DO(setxattr("attributes", "user.new", "2", 1, 0));
    DO(removexattr("attributes", "user.lost"));
    DO(age("attributes"));
    DO(write_text("new\nname\033[0m", "x"));
    DO(mkfifo("fifo", 0640));
    DO(write_text("locked", "in"));
    DO(chmod("locked", 0));
    return 0;
}

static int change_directories(void)
{
    errno = 0;
    if (rename("move", "moved") != -1 || errno != EXDEV)
        return 1;
    DO(mkdir("moved", 0755)); /* as mv(1) does it then */
    DO(write_text("moved/file", "old\n"));
    DO(unlink("move/file"));
    DO(rmdir("move"));
    DO(unlink("gone/file"));
    DO(rmdir("gone"));
    DO(unlink("d/one"));
    DO(unlink("d/two"));
    DO(rmdir("d"));
    DO(mkdir("d", 0755));
    DO(write_text("d/one", "old\n"));
    DO(age("d/one"));
    DO(unlink("tofile/file"));
    DO(rmdir("tofile"));
    DO(write_text("tofile", "now\n"));
    DO(unlink("todir"));
    DO(mkdir("todir", 0755));
    DO(write_text("todir/in", "it"));
    DO(mkdir("shut", 0755));
    DO(write_text("shut/in", "it"));
    DO(chmod("shut/in", 0400));
    DO(chmod("shut", 0));
    return 0;
}

static int change_all(void)
{
    return change_files() != 0 || change_directories() != 0;
}

static const char all_changes[] = "M 4 xattrs /attributes\n"
                                  "D 4 file /d/two\n"
                                  "M 4->1 content,times /deep/er/file\n"
                                  "A - fifo /fifo\n"
                                  "D - directory /gone/\n"
                                  "M 4->7 content,times /hard\n"
                                  "A 7 file /hard2\n"
                                  "M - times,link /link -> elsewhere\n"
                                  "A 2 file /locked\n"
                                  "M 4 mode /mode\n"
                                  "D - directory /move/\n"
                                  "A - directory /moved/\n"
                                  "A 4 file /moved/file\n"
                                  "A 1 file /new\\x0aname\\x1b[0m\n"
                                  "M 4->8 content,times /plain\n"
                                  "D 4 file /removed\n"
                                  "M 4 content /secretly\n"
                                  "A - directory /shut/\n"
                                  "A 2 file /shut/in\n"
                                  "T 4 file->directory /todir/\n"
                                  "A 2 file /todir/in\n"
                                  "T 4 directory->file /tofile\n"
                                  "M 4 times /touched\n";

static void the_list_is_exact(void **state)
{
    struct result r;
    (void)state;
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 0);
    expect_out(&r, "");
    result_free(&r);
    run_work("low", change_all);
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, "");
    expect_out(&r, all_changes);
    result_free(&r);
    CHANGES(&r, "-l", "low", "apply", "-n", "state");
    assert_int_equal(r.status, 0);
    expect_out(&r, all_changes);
    result_free(&r);
    CHANGES(&r, "-zl", "low", "list", "state");
    assert_int_equal(r.status, 1);
    assert_int_equal(memcmp(r.out, "M 4 xattrs /attributes\0D 4 file /d/two\0", 39), 0);
    result_free(&r);
    CHANGES(&r, "-l", "low", "--format=json", "state");
    assert_int_equal(r.status, 1);
    json_t *json = json_loads(r.out, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json, "changes")), 23);
    json_t *odd = json_array_get(json_object_get(json, "changes"), 13);
    assert_string_equal(json_string_value(json_object_get(odd, "path")), "/new\nname\033[0m");
    assert_int_equal(json_integer_value(json_object_get(odd, "size_bytes")), 1);
    json_decref(json);
    result_free(&r);
}

static void applied_it_is_what_was_seen(void **state)
{
    struct result r;
    (void)state;
    run_work("low", change_all);
    assert_int_equal(tree_copy("low/d", "other"), 0);
    CHANGES(&r, "apply", "-l", "low", "state");
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    result_free(&r);
    expect_seen("low");
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 0);
    expect_out(&r, "");
    result_free(&r);
    assert_int_equal(access("state/changes", F_OK), -1);
    assert_int_equal(access("state/work", F_OK), -1);
}

static int only_copies(void)
{
    DO(append_text("deep/er/file", ""));
    DO(append_text("plain", ""));
    return 0;
}

static void copies_are_no_changes(void **state)
{
    struct result r;
    (void)state;
    run_work("low", only_copies);
    assert_int_equal(access("state/changes/deep/er/file", F_OK), 0);
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 0);
    expect_out(&r, "");
    result_free(&r);
    CHANGES(&r, "apply", "-l", "low", "state");
    assert_int_equal(r.status, 0);
    expect_out(&r, "0 things written, 0 names removed\n");
    result_free(&r);
    expect_seen("low");
}

/* ---- several layers ------------------------------------------------------------------------- */

static int make_layers(const void *data)
{
    (void)data;
    DO(mkdir("under", 0755));
    DO(mkdir("under/dir", 0755));
    DO(mkdir("under/opaque", 0755));
    DO(write_text("under/hidden", "h"));
    DO(write_text("under/shown", "s"));
    DO(write_text("under/both", "b"));
    DO(write_text("under/dir/x", "x"));
    DO(write_text("under/dir/y", "y"));
    DO(write_text("under/opaque/1", "1"));
    DO(mknod("low/hidden", S_IFCHR, 0));
    DO(mkdir("low/dir", 0755));
    DO(mkdir("low/opaque", 0755));
    DO(setxattr("low/opaque", "user.overlay.opaque", "y", 1, 0));
    DO(write_text("low/opaque/2", "2"));
    DO(write_text("low/dir/z", "z"));
    DO(write_text("low/both", "B"));
    return 0;
}

static int change_layers(void)
{
    DO(unlink("shown"));
    DO(unlink("both"));
    DO(write_text("hidden", "again"));
    DO(unlink("opaque/2"));
    DO(write_text("opaque/1", "new"));
    DO(unlink("dir/x"));
    DO(unlink("dir/y"));
    DO(unlink("dir/z"));
    DO(rmdir("dir"));
    DO(mkdir("dir", 0755));
    DO(write_text("dir/y", "Y!"));
    return 0;
}

static int print_layers(const void *data)
{
    (void)data;
    DO(overlay_mount("low:under", NULL, NULL, "merged"));
    return tree_print("merged", "got");
}

static void layers_are_one_tree(void **state)
{
    struct result r;
    (void)state;
    assert_int_equal(in_namespace(make_layers, NULL), 0);
    run_work("low:under", change_layers);
    CHANGES(&r, "-l", "low", "-l", "under", "state");
    assert_int_equal(r.status, 1);
    expect_out(&r, "D 1 file /both\n"
                   "D 1 file /dir/x\n"
                   "M 1->2 content,times /dir/y\n"
                   "D 1 file /dir/z\n"
                   "A 5 file /hidden\n"
                   "A 3 file /opaque/1\n"
                   "D 1 file /opaque/2\n"
                   "D 1 file /shown\n");
    result_free(&r);
    CHANGES(&r, "apply", "-l", "low", "-l", "under", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(in_namespace(print_layers, NULL), 0);
    assert_true(tree_prints_equal("seen", "got"));
    assert_int_equal(access("under/shown", F_OK), 0); /* what is below stays as it was */
    assert_int_equal(access("under/dir/x", F_OK), 0);
}

static int copy_tree(const void *data)
{
    (void)data;
    return system("cp -a merged/. target/ 2>/dev/null || exit 1") != 0;
}

static int copy_layers(const void *data)
{
    DO(overlay_mount("low:under", NULL, NULL, "merged"));
    return copy_tree(data);
}

/* A plain directory can stand for all the layers. */
static void another_target(void **state)
{
    struct result r;
    (void)state;
    assert_int_equal(in_namespace(make_layers, NULL), 0);
    assert_int_equal(mkdir("target", 0755), 0);
    assert_int_equal(in_namespace(copy_layers, NULL), 0);
    run_work("low:under", change_layers);
    CHANGES(&r, "apply", "--to", "target", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    expect_seen("target");
}

static int tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_list_is_exact, set, leave),
        cmocka_unit_test_setup_teardown(applied_it_is_what_was_seen, set, leave),
        cmocka_unit_test_setup_teardown(copies_are_no_changes, set, leave),
        cmocka_unit_test_setup_teardown(layers_are_one_tree, set, leave),
        cmocka_unit_test_setup_teardown(another_target, set, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static int body(int argc, char **argv)
{
    (void)argc, (void)argv;
    return where_possible(tests);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
