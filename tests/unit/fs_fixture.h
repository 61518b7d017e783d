/* SPDX-License-Identifier: MIT
 *
 * fs_fixture.h - for the tests of the fs guard: a made-up host tree below mkdtemp, a policy filled
 * in by hand, and a look at the steps that come out.
 */
#ifndef TESTS_UNIT_FS_FIXTURE_H
#define TESTS_UNIT_FS_FIXTURE_H

#include "guards/fs/fs.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants these in front of it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
/* clang-format on */

enum { FIXTURE_ITEMS = 24 };

struct fixture {
    char dir[64]; /* the made-up host; a real path */
    struct sbx_policy policy;
    struct plan plan;
    struct host host;
    struct fs_machine machine;
    struct sbx_error error;
    struct sbx_command command;
    struct sbx_file files[4];
    const char *argv[3];
    char *envp[2];
    struct item items[8][FIXTURE_ITEMS];
    struct arena scratch; /* formatted paths, alive as long as the fixture */
};

static const char *const fixture_no_system[] = {NULL};

/* A path below the made-up host. */
static inline const char *at(struct fixture *f, const char *path)
{
    const char *text = arena_printf(&f->scratch, "%s%s", f->dir, path);
    assert_non_null(text);
    return text;
}

static inline void make_dir(struct fixture *f, const char *path)
{
    assert_int_equal(mkdir(at(f, path), 0755), 0);
}

static inline void make_file(struct fixture *f, const char *path, const void *content, size_t size,
                             mode_t mode)
{
    int fd = open(at(f, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, size), (ssize_t)size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static inline void make_text(struct fixture *f, const char *path, const char *text, mode_t mode)
{
    make_file(f, path, text, strlen(text), mode);
}

static inline void make_link(struct fixture *f, const char *content, const char *path)
{
    assert_int_equal(symlink(content, at(f, path)), 0);
}

static inline struct item *add_item(struct fixture *f, struct value_list *list, int slot,
                                    const char *first, unsigned line)
{
    assert_true(list->count < FIXTURE_ITEMS);
    struct item *item = &f->items[slot][list->count++];
    list->items = f->items[slot];
    item->text = item->first = first;
    item->origin = (struct origin){.file = "test.ini", .line = line};
    return item;
}

static inline struct item *add_ro(struct fixture *f, const char *path, unsigned line)
{
    return add_item(f, &f->policy.files_ro, 0, path, line);
}

static inline struct item *add_rw(struct fixture *f, const char *path, unsigned line)
{
    return add_item(f, &f->policy.files_rw, 1, path, line);
}

static inline struct item *add_bind(struct fixture *f, const char *source, const char *target,
                                    bool writable, unsigned line)
{
    struct item *item = add_item(f, &f->policy.files_bind, 2, source, line);
    item->second = target;
    item->writable = writable;
    return item;
}

static inline struct item *add_tmpfs(struct fixture *f, const char *path, unsigned line)
{
    struct item *item = add_item(f, &f->policy.files_tmpfs, 3, path, line);
    item->mode = 01777;
    return item;
}

static inline struct item *add_link(struct fixture *f, const char *content, const char *path,
                                    unsigned line)
{
    struct item *item = add_item(f, &f->policy.files_symlink, 4, content, line);
    item->second = path;
    return item;
}

static inline struct item *add_hide(struct fixture *f, const char *path, unsigned line)
{
    return add_item(f, &f->policy.files_hide, 5, path, line);
}

static inline struct item *add_noexec(struct fixture *f, const char *path, unsigned line)
{
    return add_item(f, &f->policy.files_noexec, 6, path, line);
}

static inline struct item *add_text(struct fixture *f, const char *path, const char *content,
                                    unsigned line)
{
    struct item *item = add_item(f, &f->policy.files_text, 7, path, line);
    item->second = content;
    return item;
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    snprintf(f->dir, sizeof(f->dir), "/tmp/sandbox-fs-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    assert_int_equal(chmod(f->dir, 0755), 0);
    f->policy.root_base.v = BASE_EMPTY;
    f->policy.root_cwd.v = "/box";
    f->policy.root_size.v = 1 << 20;
    f->policy.files_dev.v = DEV_NONE;
    f->policy.files_proc.v = PROC_NONE;
    f->machine = (struct fs_machine){.prefix = f->dir, .system = fixture_no_system};
    f->host.uid = geteuid();
    f->host.gid = getegid();
    f->host.root = geteuid() == 0;
    f->plan.policy = &f->policy;
    f->plan.host = &f->host;
    f->plan.ns.inner_uid = f->plan.ns.inner_gid = 1000;
    f->plan.ns.outer_uid = f->host.root ? 65534 : geteuid();
    f->plan.ns.outer_gid = f->host.root ? 65534 : getegid();
    f->plan.ns.hostname = "sandbox";
    *state = f;
    return 0;
}

static inline int fixture_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    arena_free(&f->plan.arena);
    arena_free(&f->scratch);
    nftw(f->dir, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static const char *const fixture_system[] = {"/usr", "/bin", "/lib", "/lib64", NULL};

/* A made-up host of the usual kind, whose directories the test makes. */
static inline void use_system(struct fixture *f)
{
    f->policy.root_base.v = BASE_HOST;
    f->machine.system = fixture_system;
}

static inline void run_program(struct fixture *f, const char *program)
{
    f->argv[0] = program;
    f->command.argv = f->argv;
    f->command.files = f->files;
    f->plan.command = &f->command;
}

static inline int prepare(struct fixture *f)
{
    return fs_prepare(&f->plan, &f->host, &f->machine, &f->error);
}

static inline void prepared(struct fixture *f)
{
    if (prepare(f) != 0)
        fail_msg("prepare: %s (%s)", f->error.text, f->error.hint);
}

/* prepare() fails with this code, at this line, and its text and hint contain these words. */
static inline void refused(struct fixture *f, enum sbx_code code, unsigned line, const char *text,
                           const char *hint)
{
    assert_int_equal(prepare(f), -1);
    if (!strstr(f->error.text, text) || (hint && !strstr(f->error.hint, hint)))
        fail_msg("got text '%s', hint '%s'", f->error.text, f->error.hint);
    assert_int_equal(f->error.code, code);
    assert_int_equal(f->error.origin.line, line);
}

static inline const struct fs_step *find_step(const struct fixture *f, enum fs_op op,
                                              const char *target)
{
    for (size_t i = 0; i < f->plan.fs.count; i++)
        if (f->plan.fs.steps[i].op == op && strcmp(f->plan.fs.steps[i].target, target) == 0)
            return &f->plan.fs.steps[i];
    return NULL;
}

/* Position of a step; parents come first. */
static inline size_t step_index(const struct fixture *f, enum fs_op op, const char *target)
{
    const struct fs_step *step = find_step(f, op, target);
    if (!step)
        fail_msg("no step of kind %d at /%s", op, target);
    return (size_t)(step - f->plan.fs.steps);
}

#endif
