/* SPDX-License-Identifier: MIT
 *
 * world.c - a made-up world for the loader. It looks at no real file and no real variable.
 */
#include "world.h"
#include "expect.h"
#include "policy/search.h"
#include "text.h"
#include <errno.h>
#include <string.h>

/* Small, so that whoever reads a file must ask again. */
enum { READ_BYTES = 500 };

static const struct {
    const char *word;
    enum world_kind kind;
} kinds[] = {
    {"file ", WORLD_FILE},   {"link ", WORLD_LINK},     {"dir ", WORLD_DIR},
    {"fifo ", WORLD_FIFO},   {"denied ", WORLD_DENIED}, {"broken ", WORLD_BROKEN},
    {"grows ", WORLD_GROWS}, {"huge ", WORLD_HUGE},     {"env ", WORLD_ENV},
    {"set ", WORLD_SET},     {"name ", WORLD_NAME},
};

/* ---- what the loader asks ------------------------------------------------------------------- */

static struct world_file *find(struct world *world, const char *path)
{
    for (size_t i = 0; i < world->file_count; i++)
        if (strcmp(world->files[i].path, path) == 0)
            return &world->files[i];
    return NULL;
}

static int ask_open(void *context, const char *path, struct outside_file *file)
{
    struct world_file *found = find(context, path);
    if (!found || found->kind == WORLD_DENIED) {
        errno = found ? EACCES : ENOENT;
        return -1;
    }
    *file = (struct outside_file){.fd = -1,
                                  .mode = S_IFREG | 0644,
                                  .device = 1,
                                  .inode = found->inode,
                                  .size = found->length,
                                  .data = found};
    if (found->kind == WORLD_DIR)
        file->mode = S_IFDIR | 0755;
    else if (found->kind == WORLD_FIFO)
        file->mode = S_IFIFO | 0644;
    else if (found->kind == WORLD_HUGE)
        file->size = PROFILE_BYTES + UINT64_C(1);
    else if (found->kind == WORLD_GROWS)
        file->size = found->length / 2;
    found->offset = 0;
    return 0;
}

static ssize_t ask_read(void *context, const struct outside_file *file, void *buffer, size_t size)
{
    struct world *world = context;
    const struct world_file *opened = file->data;
    struct world_file *found = find(world, opened->path);
    if (found->kind == WORLD_BROKEN) {
        errno = EIO;
        return -1;
    }
    size_t left = found->length - found->offset;
    size_t got = left < size ? left : size;
    got = got < READ_BYTES ? got : READ_BYTES;
    memcpy(buffer, found->start + found->offset, got);
    found->offset += got;
    return (ssize_t)got;
}

static bool ask_closed(void *context, const char *directory)
{
    const struct world_file *found = find(context, directory);
    return found && found->kind == WORLD_DENIED;
}

static const char *ask_variable(void *context, const char *name)
{
    const struct world *world = context;
    size_t length = strlen(name);
    for (size_t i = 0; i < world->variable_count; i++)
        if (strncmp(world->variables[i], name, length) == 0 && world->variables[i][length] == '=')
            return world->variables[i] + length + 1;
    return NULL;
}

static const char *ask_directory(void *context, struct arena *arena, const char *path)
{
    (void)context;
    if (strstr(path, "gone"))
        return NULL;
    if (*path == '/')
        return arena_strdup(arena, path);
    return strcmp(path, ".") == 0 ? arena_strdup(arena, "/w") : arena_printf(arena, "/w/%s", path);
}

static const char *ask_program(void *context, struct arena *arena)
{
    (void)context;
    return arena_strdup(arena, "/opt/bin/");
}

static void ask_names(void *context, const char *directory, struct suggest *suggest)
{
    const struct world *world = context;
    size_t length = strlen(directory);
    for (size_t i = 0; i < world->file_count; i++) {
        const char *path = world->files[i].path;
        const char *name = path + length;
        size_t stem = strncmp(path, directory, length) == 0 ? search_stem(name) : 0;
        char text[SUGGEST_MAX];
        if (!stem || stem >= sizeof(text) || strchr(name, '/'))
            continue;
        memcpy(text, name, stem);
        text[stem] = '\0';
        suggest_offer(suggest, text);
    }
}

/* ---- from an input to a world --------------------------------------------------------------- */

/* What is behind the word of a "--- " line; the kind becomes that of the word. NULL: unknown. */
static const char *directive(const char *line, const char *end, enum world_kind *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t length = strlen(kinds[i].word);
        if ((size_t)(end - line) >= length && memcmp(line, kinds[i].word, length) == 0) {
            *kind = kinds[i].kind;
            return line + length;
        }
    }
    return NULL;
}

static void add_file(struct world *world, const char *name, enum world_kind kind, const char *start,
                     size_t length)
{
    const char *path = strchr(name, '/') ? name : arena_printf(&world->arena, "/p/%s.ini", name);
    if (world->file_count == WORLD_FILES || find(world, path))
        return;
    struct world_file *file = &world->files[world->file_count];
    *file = (struct world_file){.path = path,
                                .kind = kind,
                                .inode = (unsigned)world->file_count + 1,
                                .start = arena_strndup(&world->arena, start, length),
                                .length = length};
    if (kind == WORLD_LINK && world->file_count) {
        const struct world_file *before = file - 1;
        *file = *before;
        file->path = path;
    }
    world->file_count++;
}

/* One part of an input: a directive with the lines below it. */
static void add(struct world *world, enum world_kind kind, const char *name, const char *start,
                size_t length)
{
    if (kind == WORLD_ENV && world->variable_count < WORLD_VARIABLES)
        world->variables[world->variable_count++] = name;
    else if (kind == WORLD_SET && world->override_count < WORLD_OVERRIDES)
        world->overrides[world->override_count++] = name;
    else if (kind == WORLD_NAME)
        world->name = name;
    else if (kind < WORLD_ENV)
        add_file(world, name, kind, start, length);
}

/* The start of the next "--- " line at or behind `at`, or the end. */
static const char *next_part(const char *at, const char *end)
{
    static const char mark[] = "--- ";
    while (at < end) {
        if ((size_t)(end - at) >= sizeof(mark) - 1 && memcmp(at, mark, sizeof(mark) - 1) == 0)
            return at;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    return end;
}

static void world_empty(struct world *world)
{
    *world = (struct world){.outside = {.context = world,
                                        .open = ask_open,
                                        .read = ask_read,
                                        .closed = ask_closed,
                                        .variable = ask_variable,
                                        .directory = ask_directory,
                                        .program = ask_program,
                                        .names = ask_names},
                            .name = WORLD_PROFILE};
}

void world_of_one(struct world *world, const void *text, size_t length)
{
    world_empty(world);
    add_file(world, WORLD_PROFILE, WORLD_FILE, text, length);
}

void world_make(struct world *world, const void *data, size_t size)
{
    world_empty(world);
    const char *start = arena_strndup(&world->arena, size ? data : "", size);
    const char *end = start + size, *at = next_part(start, end);
    add_file(world, WORLD_PROFILE, WORLD_FILE, start, (size_t)(at - start));
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end, *below = newline ? newline + 1 : end;
        enum world_kind kind = WORLD_FILE;
        const char *name = directive(at + strlen("--- "), line_end, &kind);
        at = next_part(below, end);
        if (name)
            add(world, kind, arena_strndup(&world->arena, name, (size_t)(line_end - name)), below,
                (size_t)(at - below));
    }
}

int world_read(struct world *world, struct diag *diag, struct sbx_policy **policy)
{
    const struct load_request request = {.name = world->name,
                                         .overrides = world->overrides,
                                         .count = world->override_count,
                                         .outside = &world->outside};
    return policy_read(&request, diag, policy);
}

bool world_repair(struct world *world, struct origin origin)
{
    if (!origin.file || !origin.line)
        return false;
    if (strcmp(origin.file, "--set") == 0) {
        if (origin.line > world->override_count)
            return false;
        world->overrides[origin.line - 1] = "profile.description=";
        return true;
    }
    struct world_file *file = find(world, origin.file);
    size_t length = 0;
    const char *line = file ? text_line(file->start, file->length, origin.line, &length) : NULL;
    if (!line || !length)
        return false;
    memset(file->start + (line - file->start), ';', length);
    return true;
}

void world_free(struct world *world)
{
    arena_free(&world->arena);
}
