/* SPDX-License-Identifier: MIT
 *
 * mounts.c - what a launch costs that shows many places of the host, beside bubblewrap and beside
 * the kernel calls alone that such a root takes.
 *
 *     bench/mounts SANDBOX STAMP [ROUNDS [BINDS]...]
 *
 * Three arrangements of places, every fourth one a file:
 *
 *     store   all in one directory, as the store of Nix or the sandboxes of Bazel have them
 *     tree    sixteen in each directory of a tree
 *     below   the same tree, shown read-only as a whole, with each place writable again
 *
 * bubblewrap takes 9,000 words at the most, so 4,000 binds are too many for it.
 *
 * And a root that is a bind of one directory, beside one that is an overlay of it. Where the
 * command knows no such root it is not measured.
 */
#include "mounts.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZES_MAX = 16, PER_DIRECTORY = 16, ROUNDS = 31 };

static const char *const kind_names[] = {[STORE] = "store", [TREE] = "tree", [BELOW] = "below"};

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
    char *made;
    va_list list;
    va_start(list, format);
    if (vasprintf(&made, format, list) < 0)
        fail("vasprintf");
    va_end(list);
    return made;
}

static void make_directory(const char *path)
{
    if (mkdir(path, 0755) != 0 && access(path, F_OK) != 0)
        fail(path);
}

static void make_file(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs("content\n", file) < 0 || fclose(file) != 0)
        fail(path);
}

/* As a store names its paths: a hash first, so that neighbours have nothing in common. */
static char *place_name(const struct scene *scene, size_t number)
{
    const char *top = scene->top;
    const unsigned hash = (unsigned)number * 2654435761U;
    if (scene->kind == STORE)
        return text("%s/%08x%08x-package-%zu", top, hash, hash ^ 0x5bd1e995U, number);
    char *above = text("%s/%04zu", top, number / PER_DIRECTORY);
    make_directory(above);
    char *path = text("%s/%08x-%zu", above, hash, number);
    free(above);
    return path;
}

static void make_scene(struct scene *scene, const char *folder, enum kind kind, size_t count)
{
    *scene = (struct scene){.kind = kind, .count = count};
    scene->top = text("%s/%s-%zu", folder, kind_names[kind], count);
    make_directory(scene->top);
    scene->places = calloc(count + 1, sizeof(*scene->places));
    if (!scene->places)
        fail("calloc");
    for (size_t i = 0; i < count; i++) {
        scene->places[i].path = place_name(scene, i);
        scene->places[i].directory = i % 4 != 3;
        if (scene->places[i].directory)
            make_directory(scene->places[i].path);
        else
            make_file(scene->places[i].path);
    }
}

static FILE *begin_file(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        fail(path);
    return file;
}

static void end_file(FILE *file, const char *path)
{
    if (fclose(file) != 0)
        fail(path);
}

/* The same places for the command, */
static void write_profile(struct scene *scene)
{
    scene->profile = text("%s.ini", scene->top);
    FILE *file = begin_file(scene->profile);
    fprintf(file, "[profile]\nextends = base\n[files]\n");
    if (scene->kind == BELOW)
        fprintf(file, "ro = %s\n", scene->top);
    fprintf(file, "%s =\n", scene->kind == BELOW ? "rw" : "ro");
    for (size_t i = 0; i < scene->count; i++)
        fprintf(file, "    %s\n", scene->places[i].path);
    end_file(file, scene->profile);
}

static void write_words(FILE *file, const char *a, const char *b, const char *c)
{
    fprintf(file, "%s%c%s%c%s%c", a, 0, b, 0, c, 0);
}

/* and for bubblewrap, which takes what is too much for a command line from a file. */
static void write_arguments(struct scene *scene)
{
    scene->arguments = text("%s.args", scene->top);
    FILE *file = begin_file(scene->arguments);
    if (scene->kind == BELOW)
        write_words(file, "--ro-bind", scene->top, scene->top);
    for (size_t i = 0; i < scene->count; i++)
        write_words(file, scene->kind == BELOW ? "--bind" : "--ro-bind", scene->places[i].path,
                    scene->places[i].path);
    end_file(file, scene->arguments);
}

static void print_head(const char *what)
{
    printf("| %s | launcher | to the program: median | p99 | whole run: median | "
           "us for each bind |\n|---|---|---:|---:|---:|---:|\n",
           what);
}

static void print_race(const struct race *race, const char *what, size_t count)
{
    for (size_t i = 0; i < race->count; i++) {
        const struct launcher *launcher = &race->launchers[i];
        if (launcher->failures) {
            printf("| %s | %s | not measured: %zu of %zu runs failed | | | |\n", what,
                   launcher->name, launcher->failures, launcher->runs);
            continue;
        }
        const double start = race_percentile(launcher, launcher->start_us, 50);
        printf("| %s | %s | %.2f | %.2f | %.2f | ", what, launcher->name, start / 1e3,
               race_percentile(launcher, launcher->start_us, 99) / 1e3,
               race_percentile(launcher, launcher->total_us, 50) / 1e3);
        count ? printf("%.1f |\n", start / (double)count) : printf("|\n");
    }
    fflush(stdout);
}

static void free_scene(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++)
        free(scene->places[i].path);
    free(scene->places);
    free(scene->top);
    free(scene->profile);
    free(scene->arguments);
}

static size_t race_scene(const struct bench *bench, enum kind kind, size_t count)
{
    struct race race = {.rounds = bench->rounds};
    struct scene scene;
    char what[64];
    make_scene(&scene, bench->folder, kind, count);
    write_profile(&scene);
    write_arguments(&scene);
    scene.stamp = bench->stamp;
    struct launcher *control = race_add(&race, "kernel calls alone");
    control->run = control_run;
    control->data = &scene;
    struct launcher *bwrap = race_add(&race, "bwrap");
    bwrap->run = bwrap_run;
    bwrap->data = &scene;
    const char *const own[] = {bench->sandbox, "--profile",  scene.profile,
                               "--",           bench->stamp, NULL};
    struct launcher *sandbox = race_add(&race, "sandbox");
    race_words(sandbox, own);
    const char *const off[] = {bench->sandbox,      "--profile", scene.profile, "--set",
                               "landlock.mode=off", "--",        bench->stamp,  NULL};
    race_words(race_add(&race, "sandbox, no Landlock"), off);
    race_run(&race);
    snprintf(what, sizeof(what), "%s, %zu", kind_names[kind], count);
    print_race(&race, what, count);
    const size_t failures = sandbox->failures;
    race_free(&race);
    free_scene(&scene);
    return failures;
}

/* A directory that can be a root: with a place for each thing that is put on top. */
static char *make_root(const struct bench *bench)
{
    static const char *const directories[] = {"", "/bin", "/dev", "/proc", "/tmp", NULL};
    char *root = text("%s/root", bench->folder);
    for (const char *const *name = directories; *name; name++) {
        char *path = text("%s%s", root, *name);
        make_directory(path);
        free(path);
    }
    char *program = text("%s/bin/stamp", root);
    char *copy = text("cp -- '%s' '%s'", bench->stamp, program);
    if (system(copy) != 0)
        fail(copy);
    free(copy);
    free(program);
    return root;
}

static char *write_root_profile(const struct bench *bench, const char *name, const char *lines)
{
    char *path = text("%s/%s.ini", bench->folder, name);
    FILE *file = begin_file(path);
    fprintf(file,
            "[syscalls]\nallow = @base @file-read @file-write @process @memory @info\n"
            "[files]\ntmpfs = /tmp\n%s\n",
            lines);
    end_file(file, path);
    return path;
}

static size_t race_roots(const struct bench *bench)
{
    struct race race = {.rounds = bench->rounds * 5};
    char *root = make_root(bench), *lines[3], *profiles[3];
    static const char *const names[] = {"bind", "overlay, upper = none", "overlay, upper = tmpfs"};
    lines[0] = text("bind = %s:/\n[root]\nbase = empty\ncwd = /tmp", root);
    lines[1] = text("[root]\nbase = overlay\nlower = %s\nupper = none\ncwd = /tmp", root);
    lines[2] = text("[root]\nbase = overlay\nlower = %s\nupper = tmpfs\ncwd = /tmp", root);
    for (size_t i = 0; i < 3; i++) {
        char number[] = {'r', (char)('0' + i), '\0'};
        profiles[i] = write_root_profile(bench, number, lines[i]);
        const char *const words[] = {bench->sandbox, "--profile",  profiles[i],
                                     "--",           "/bin/stamp", NULL};
        race_words(race_add(&race, names[i]), words);
    }
    race_run(&race);
    print_race(&race, "root", 0);
    const size_t failures = race.launchers[0].failures;
    for (size_t i = 0; i < 3; i++) {
        free(lines[i]);
        free(profiles[i]);
    }
    free(root);
    race_free(&race);
    return failures;
}

static void remove_all(const char *folder)
{
    char *command = text("rm -rf -- '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "%s could not be removed\n", folder);
    free(command);
}

int main(int argc, char **argv)
{
    static const size_t usual[] = {10, 100, 500, 1000, 2000, 4000};
    char folder[] = "/tmp/bench-mounts-XXXXXX";
    size_t sizes[SIZES_MAX], count = 0, failures = 0;

    if (argc < 3) {
        fprintf(stderr, "usage: mounts SANDBOX STAMP [ROUNDS [BINDS]...]\n");
        return 2;
    }
    for (int i = 4; i < argc && count < SIZES_MAX; i++)
        sizes[count++] = strtoul(argv[i], NULL, 10);
    if (!count)
        memcpy(sizes, usual, sizeof(usual));
    count = count ? count : sizeof(usual) / sizeof(usual[0]);
    struct bench bench = {.sandbox = argv[1],
                          .stamp = realpath(argv[2], NULL),
                          .folder = mkdtemp(folder),
                          .rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : ROUNDS};
    if (!bench.stamp || !bench.folder || chmod(folder, 0755) != 0 || !bench.rounds)
        fail("mounts");
    printf("%zu rounds, interleaved; milliseconds\n\n", bench.rounds);
    print_head("places");
    for (enum kind kind = STORE; kind <= BELOW; kind++)
        for (size_t i = 0; i < count; i++)
            failures += race_scene(&bench, kind, sizes[i]);
    failures += race_roots(&bench);
    remove_all(folder);
    return failures ? 1 : 0;
}
